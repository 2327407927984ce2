"""How the process holds its memory."""

import ctypes
import gc
import sys

M_ARENA_MAX = -8  # mallopt(3)


def collect_more_seldom() -> None:
    """Once everything is loaded: a full collection looks at all there is, and everybody waits for
    it, half a second with 5,000 windows open.

    What has been loaded until now is no garbage and is not looked at any more, the rest more
    seldom. Not too seldom: each connection that ends leaves some sixty objects of the server's
    behind that hold one another, and each page more. More often, with 5,000 windows, one message in
    twenty waits for 25 ms.
    """
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def share_one_heap() -> None:
    """Before the first thread begins, for then it is decided. glibc gives threads heaps of their
    own, so that they need not wait for one another: Python's do that anyway. What one of them has
    freed the others cannot use, and the process grows with each crowd that comes and goes.
    """
    if sys.platform == "linux" and hasattr(
        libc := ctypes.CDLL(None), "mallopt"
    ):  # musl has one, and no word for it
        libc.mallopt(M_ARENA_MAX, 1)
