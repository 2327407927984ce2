"""Faults of presence at any size, for the quick and the long tests."""

import asyncio
import time
from collections.abc import Callable

from tests.load.fleet.fleet import Fleet
from tests.load.fleet.page import Page, every

Record = Callable[[str, object], None]
GHOST = 60.0  # seconds after which absent people must not be shown as online


async def many_arrive(fleet: Fleet, record: Record, people: int, seconds: float) -> None:
    """Let many people arrive. A viewer at each process sees all of them in few frames."""
    watchers = [Page(fleet, person) for person in fleet.people(len(fleet.workers))]
    await asyncio.gather(*[page.opens(worker) for worker, page in enumerate(watchers)])
    await asyncio.sleep(2)
    guests = [Page(fleet, person) for person in fleet.people(people)]
    began = time.monotonic()
    await asyncio.gather(
        *[arrives(page, seconds * place / people) for place, page in enumerate(guests)]
    )
    record("all there after, in s", round(time.monotonic() - began, 1))
    ids = {page.person.id for page in guests}
    await every(watchers, lambda page: ids <= page.online(), 10)
    for page in watchers:
        frames = sorted({moment for moment, _, id in page.presence if id in ids})
        rate = (len(frames) - 1) / max(1.0, frames[-1] - frames[0])
        record("presence frames a second", round(rate, 2))
        assert rate <= 1.4
        assert all(page.told(guest.person) == ["online"] for guest in guests)


async def arrives(page: Page, after: float) -> None:
    await asyncio.sleep(after)
    await page.opens()


async def leaves_nobody_online(fleet: Fleet, record: Record, people: int) -> None:
    """Kill a process. Some of its people return, some do not, and some have windows elsewhere."""
    watcher = Page(fleet, *fleet.people(1))
    lost, back, elsewhere = (
        [Page(fleet, person) for person in fleet.people(people)] for _ in range(3)
    )
    seconds = [Page(fleet, page.person) for page in elsewhere]
    await asyncio.gather(*[page.opens(1) for page in [watcher, *seconds]])
    await asyncio.gather(*[page.opens(0) for page in [*lost, *back, *elsewhere]])
    everybody = {page.person.id for page in [*lost, *back, *elsewhere]}
    await watcher.until(lambda: everybody <= watcher.online(), 10)
    for page in lost:
        page.stays_away = True
    fleet.workers[0].dies()
    died_at = time.monotonic()
    await watcher.until(
        lambda: all(watcher.told(page.person)[-1] == "offline" for page in lost), GHOST
    )
    record("the last ghost was gone after, in s", round(time.monotonic() - died_at, 1))
    await asyncio.sleep(2)
    assert all(watcher.told(page.person) == ["online", "offline"] for page in lost)
    assert all(watcher.told(page.person) == ["online"] for page in [*back, *elsewhere])
    fleet.workers[0].start()
