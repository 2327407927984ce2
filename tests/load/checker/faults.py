"""Faults as plug-ins. Each does harm for a while, and returns when all is well again."""

import asyncio
import random
import signal
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

from tests.load.checker.page import RecordedPage
from tests.load.fleet.fleet import Fleet
from tests.support.stores import Redis


@dataclass
class Place:
    """`store` is None if a single process keeps everything in memory."""

    fleet: Fleet
    store: Redis | None
    chance: random.Random
    seconds: float  # of the history
    pages: list[RecordedPage] = field(default_factory=list)


async def none(place: Place) -> None:
    """Do no harm."""


async def cuts(place: Place) -> None:
    """Cut a random window every half a second."""
    for _ in range(int(place.seconds * 2)):
        await asyncio.sleep(0.5)
        await place.chance.choice(place.pages).is_cut()


async def slow(place: Place) -> None:
    """Let half of the windows confirm each frame late."""
    for page in place.pages[::2]:
        page.delay = 0.6
    await asyncio.sleep(place.seconds)


async def kill(place: Place) -> None:
    await _ends(place, signal.SIGKILL)


async def term(place: Place) -> None:
    await _ends(place, signal.SIGTERM)


async def _ends(place: Place, how: signal.Signals) -> None:
    await asyncio.sleep(place.seconds / 3)
    worker = place.chance.choice(place.fleet.workers)
    await asyncio.to_thread(worker.stop, how)
    await asyncio.to_thread(worker.start)


async def empty(place: Place) -> None:
    """Restart the store, which forgets everything."""
    assert place.store
    await asyncio.sleep(place.seconds / 3)
    place.store.stop(signal.SIGKILL)
    await asyncio.sleep(1)
    await asyncio.to_thread(place.store.start)


async def hang(place: Place) -> None:
    """Let the store accept connections and answer nothing for 4 seconds."""
    assert place.store
    assert place.store.process
    await asyncio.sleep(place.seconds / 3)
    place.store.process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(4)
    place.store.process.send_signal(signal.SIGCONT)


async def full(place: Place) -> None:
    await _refuses(place, ("maxmemory", "1"), ("maxmemory", "0"))


async def read_only(place: Place) -> None:
    """Let the store refuse writes, because it has no replica."""
    await _refuses(place, ("min-replicas-to-write", "1"), ("min-replicas-to-write", "0"))


async def _refuses(place: Place, harm: tuple[str, str], cure: tuple[str, str]) -> None:
    assert place.store
    await asyncio.sleep(place.seconds / 3)
    await asyncio.to_thread(place.store.configures, *harm)
    await asyncio.sleep(3)
    await asyncio.to_thread(place.store.configures, *cure)


Fault = Callable[[Place], Coroutine[None, None, None]]
ANYWHERE: dict[str, Fault] = {each.__name__: each for each in (none, cuts, slow, kill, term)}
OF_THE_STORE: dict[str, Fault] = {each.__name__: each for each in (empty, hang, full, read_only)}
FAULTS = ANYWHERE | OF_THE_STORE
