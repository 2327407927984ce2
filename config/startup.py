"""What a server process does once, when it starts: tune its memory, and load what it will need."""

import ctypes
import gc
import sys

from channels.layers import get_channel_layer
from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils import formats, translation

M_ARENA_MAX = -8  # mallopt(3)


def limit_malloc_to_one_arena() -> None:
    """Make glibc use one arena. Call this before the first thread starts.

    Threads cannot reuse memory that is freed in another's arena, so the process would grow with
    each wave of users. Python's threads wait for one another anyway.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "mallopt"):  # musl does not have it
            libc.mallopt(M_ARENA_MAX, 1)


def preload() -> None:
    """Load templates, URLs and translations before the first request.

    Django loads them lazily: in the event loop, which would block, and from files, which cannot be
    opened if the process has no file descriptor left.
    """
    get_channel_layer()
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            reverse("messaging:home")  # URLs are cached by language
            formats.localize(0)  # formats too
    folder = settings.BASE_DIR / "templates"
    for file in folder.rglob("*.html"):
        get_template(file.relative_to(folder).as_posix())


def collect_garbage_less_often() -> None:
    """Freeze what is loaded, and run full collections less often. Call this after all imports.

    With 5,000 windows, a full collection takes half a second. Connections and pages leave cycles,
    so much rarer collections would be too long as well.
    """
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
