"""The sites that are checked: a single process, or three with one Redis."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.load.fleet.fleet import Fleet
from tests.support.stores import Redis

RESUME = 90  # seconds
Site = tuple[Fleet, Redis | None]


@contextmanager
def memory(folder: Path) -> Iterator[Site]:
    with _started(Fleet(folder, redis="", count=1, RESUME_SECONDS=str(RESUME))) as fleet:
        yield fleet, None


@contextmanager
def shared(folder: Path) -> Iterator[Site]:
    store = Redis().start()
    try:
        with _started(Fleet(folder, store.url, RESUME_SECONDS=str(RESUME))) as fleet:
            yield fleet, store
    finally:
        store.close()


@contextmanager
def _started(fleet: Fleet) -> Iterator[Fleet]:
    try:
        yield fleet.start()
    finally:
        fleet.close()
