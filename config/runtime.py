"""Tune garbage collection and malloc for a server process."""

import ctypes
import gc
import sys

M_ARENA_MAX = -8  # mallopt(3)


def collect_garbage_less_often() -> None:
    """Freeze what is loaded, and run full collections less often. Call this after all imports.

    With 5,000 windows, a full collection takes half a second. Connections and pages leave cycles,
    so much rarer collections would be too long as well.
    """
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def limit_malloc_to_one_arena() -> None:
    """Make glibc use one arena. Call this before the first thread starts.

    Threads cannot reuse memory that is freed in another's arena, so the process would grow with
    each wave of users. Python's threads wait for one another anyway.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "mallopt"):  # musl does not have it
            libc.mallopt(M_ARENA_MAX, 1)
