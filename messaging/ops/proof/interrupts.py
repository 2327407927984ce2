"""Whoever ends the command is heard at once, except in the moments in which something would be left
behind.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

ENDINGS = (signal.SIGINT, signal.SIGTERM)


def exit_cleanly_on_signals() -> None:
    """A plain `kill` ends a Python program on the spot; from now on it unwinds. So does Ctrl+C, at
    once: asyncio would only cancel what it runs, and forget the ending where that is caught.
    """
    for ending in ENDINGS:
        signal.signal(ending, lambda *_: sys.exit("Ended before anything was proven."))


@contextmanager
def signals_deferred() -> Iterator[None]:
    """Inside, an ending waits until what was begun is done and known."""
    waiting: list[int] = []
    usual = {
        ending: signal.signal(ending, lambda number, _: waiting.append(number))
        for ending in ENDINGS
    }
    try:
        yield
    finally:
        for ending, handler in usual.items():
            signal.signal(ending, handler)
        for number in waiting:
            signal.raise_signal(number)
