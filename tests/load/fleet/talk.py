"""Pairs of people who talk at a pace, and checks of their windows."""

import asyncio
import itertools
import time
from dataclasses import dataclass, field

from tests.load.fleet.fleet import Fleet
from tests.load.fleet.page import Page, every

AT_ONCE = 50  # pages that connect at the same time


@dataclass
class Talk:
    """Neighbours talk to each other. `said` lists what each page has sent."""

    pages: list[Page]
    said: dict[Page, list[str]] = field(default_factory=dict)
    said_at: dict[str, float] = field(default_factory=dict)

    async def goes_on(self, seconds: float, per_second: float) -> None:
        """Send at scheduled times, without waiting for the servers."""
        began, turns = time.monotonic(), itertools.cycle(self.pages)
        for number in range(int(seconds * per_second)):
            await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))
            self.says(next(turns))

    def says(self, page: Page) -> None:
        mine = self.said.setdefault(page, [])
        mine.append(f"{page.name} says {len(mine)}.")
        said = page.writes(mine[-1], to=page.peers[0])
        self.said_at[said.id] = said.at

    async def is_over(self, seconds: float = 60) -> None:
        """Wait until every message is known to be delivered."""
        await every(self.pages, lambda page: not page.outbox.kept, seconds)

    def is_whole(self) -> None:
        """Check that each window shows everything once, in the order of its peer's."""
        for one, other in zip(self.pages[::2], self.pages[1::2], strict=True):
            assert list(one.shown) == list(other.shown)
            for speaker, listener in ((one, other), (other, one)):
                said = self.said.get(speaker, [])
                assert listener.heard_of(speaker.person) == said
                assert len(speaker.delivered) == len(said)

    def delays(self) -> list[float]:
        """Return the sorted delays in ms until the recipient's page had each message."""
        return sorted(
            1000 * (listener.shown_at[key] - self.said_at[key.partition("-")[2]])
            for one, other in zip(self.pages[::2], self.pages[1::2], strict=True)
            for speaker, listener in ((one, other), (other, one))
            for key in listener.shown
            if key.startswith(f"{speaker.person.id}-")
        )


async def gather(fleet: Fleet, count: int) -> Talk:
    """Create pairs of people, the two of each at different processes."""
    people, room = fleet.people(count), asyncio.Semaphore(AT_ONCE)
    pages = [Page(fleet, person, people[place ^ 1]) for place, person in enumerate(people)]

    async def open_one(place: int, page: Page) -> None:
        async with room:
            await page.opens((place // 2 + place % 2) % fleet.count)

    await asyncio.gather(*[open_one(place, page) for place, page in enumerate(pages)])
    return Talk(pages)
