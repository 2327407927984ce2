"""Tune memory and preload files when a server process starts."""

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
    """Make glibc use a single malloc arena. Call this before the first thread starts.

    Threads cannot reuse memory that was freed in another thread's arena, so the process would grow
    with each wave of users. A single arena costs little, because Python's threads rarely run at the
    same time.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "mallopt"):  # musl does not have it
            libc.mallopt(M_ARENA_MAX, 1)


def preload() -> None:
    """Load templates, URLs and translations before the first request.

    Otherwise, Django would load them when they are first used. That would block the event loop, and
    fail if the process has no file descriptor left to open the files.
    """
    get_channel_layer()
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            reverse("messaging:home")  # caches the URLs of this language
            formats.localize(0)  # caches its formats
    folder = settings.BASE_DIR / "templates"
    for file in folder.rglob("*.html"):
        get_template(file.relative_to(folder).as_posix())
    # Icons are read from a file when they are first rendered.
    values = {"peer": {"id": 1, "name": ""}, "conversation_id": 1, "max_length": 1}
    values["has_files"] = True
    for name in ("_icons", "_message_menu", "_pane"):
        get_template(f"messaging/{name}.html").render(values)


def collect_garbage_less_often() -> None:
    """Freeze all loaded objects, and run full collections less often. Call this after all imports.

    With 5,000 windows, a full collection takes half a second. Connections and pages leave reference
    cycles, so collections that are much rarer would take too long as well.
    """
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
