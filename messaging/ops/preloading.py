"""Loads what the first message would otherwise load, before this process serves anybody.

Django loads templates, addresses and the words of a language when they are first asked for: in the
event loop, where everybody waits for it, and from files that cannot be opened where the process has
no file descriptor left.
"""

from channels.layers import get_channel_layer
from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils import formats, translation


def preload() -> None:
    """Takes about a second, which is then nobody's to wait for."""
    get_channel_layer()
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            reverse("messaging:home")  # addresses are kept for each language
            formats.localize(0)  # and so is how numbers are written
    folder = settings.BASE_DIR / "templates"
    for file in folder.rglob("*.html"):
        get_template(file.relative_to(folder).as_posix())
