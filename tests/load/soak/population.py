"""The people of a soak test: all of them, and who is online."""

import asyncio
import contextlib
import random
from collections import Counter

from tests.load.soak.resources import MonitoredServer
from tests.support.people import Person


class Population:
    """All people, those who are online, and what has happened so far."""

    def __init__(self, server: MonitoredServer, everybody: list[Person], seed: int) -> None:
        self.server, self.everybody = server, everybody
        self.present: dict[Person, None] = {}
        self.counts: Counter[str] = Counter()
        self.chance = random.Random(seed)  # noqa: S311 - nothing to guess
        self.is_over = asyncio.Event()

    def someone(self) -> Person:
        return self.everybody.pop(self.chance.randrange(len(self.everybody)))

    def one_of(self, weights: dict[str, int]) -> str:
        return self.chance.choices(list(weights), list(weights.values()))[0]

    def peers(self, person: Person) -> list[Person]:
        others = [other for other in self.present if other != person]
        return self.chance.sample(others, min(3, len(others)))

    async def passes(self, seconds: float) -> None:
        """Sleep for an exponential time with this mean, until the end at most."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.is_over.wait(), self.chance.expovariate(1 / seconds))
