"""Exit at once on signals, except while something would be left behind."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

ENDINGS = (signal.SIGINT, signal.SIGTERM)


def exit_cleanly_on_signals() -> None:
    """Raise SystemExit on both signals. SIGTERM would skip all clean-up, and asyncio would turn
    SIGINT into a cancellation.
    """
    for ending in ENDINGS:
        signal.signal(ending, lambda *_: sys.exit("Stopped before anything was proven."))


@contextmanager
def signals_deferred() -> Iterator[None]:
    """Deliver signals at the end of the block."""
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
