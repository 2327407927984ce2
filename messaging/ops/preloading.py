"""Load templates, URLs and translations before the process serves its first request.

Django loads them lazily: in the event loop, which would block, and from files, which cannot be
opened if the process has no file descriptor left.
"""

from channels.layers import get_channel_layer
from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils import formats, translation


def preload() -> None:
    get_channel_layer()
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            reverse("messaging:home")  # URLs are cached by language
            formats.localize(0)  # formats too
    folder = settings.BASE_DIR / "templates"
    for file in folder.rglob("*.html"):
        get_template(file.relative_to(folder).as_posix())
