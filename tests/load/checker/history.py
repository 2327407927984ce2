"""Random histories: what people do in their windows. A seed always gives the same history."""

import random
from typing import NamedTuple

ACTIONS = {
    "say": 60,
    "burst": 4,
    "edit": 8,
    "react": 8,
    "unsend": 6,
    "type": 6,
    "reopen": 3,
    "clear": 1,
}
BURST = 12


class Step(NamedTuple):
    """`window` is its number. `choice`, between 0 and 1, picks one of its messages."""

    pause: float  # seconds before it
    window: int
    action: str
    choice: float

    def one_of(self, keys: list[str]) -> str:
        return keys[int(self.choice * len(keys))]


def history(seed: int, windows: int, seconds: float, per_second: float) -> list[Step]:
    chance = random.Random(seed)  # noqa: S311 - a history is repeated, not guessed
    names, weights = list(ACTIONS), list(ACTIONS.values())
    return [
        Step(
            chance.expovariate(per_second),
            chance.randrange(windows),
            chance.choices(names, weights)[0],
            chance.random(),
        )
        for _ in range(int(seconds * per_second))
    ]
