"""What a server held over time, and in which phase."""

import asyncio
import json
import math
import time

from tests.load.soak.resources import MonitoredServer

EVERY = 5.0  # seconds between two samples
POINTS = 120  # of each line that are kept


class Timeline:
    def __init__(self, server: MonitoredServer) -> None:
        self.server, self.began = server, time.monotonic()
        self.samples: list[dict[str, int]] = []
        self.phases: list[tuple[str, int]] = []

    def seconds(self) -> int:
        return round(time.monotonic() - self.began)

    def turns_to(self, phase: str) -> None:
        self.phases.append((phase, self.seconds()))

    async def looks(self, *, is_settled: bool = False) -> dict[str, int]:
        seen = await asyncio.to_thread(self.server.held, is_settled=is_settled)
        self.samples.append({"second": self.seconds(), **seen})
        return seen

    async def is_kept(self) -> None:
        """Take samples until cancelled."""
        while True:
            await self.looks()
            await asyncio.sleep(EVERY)

    async def is_kept_in_silence(self, seconds: float) -> dict[str, int]:
        """Return what is held after this many quiet seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await self.looks(is_settled=True)
            await asyncio.sleep(EVERY)
        return await self.looks(is_settled=True)

    def lines(self) -> dict[str, list[int]]:
        """Return evenly spaced points of each line, including the last."""
        step = math.ceil(len(self.samples) / POINTS)
        kept = self.samples[::-step][::-1]
        return {name: [sample[name] for sample in kept] for name in kept[0]}


def written(results: dict) -> str:
    """Return JSON with all points of a line in one line of text."""
    lines = [
        f"  {json.dumps(name)}: {json.dumps(points)}" for name, points in results["samples"].items()
    ]
    rest = json.dumps(
        {name: value for name, value in results.items() if name != "samples"}, indent=1
    )
    return rest.removesuffix("\n}") + ',\n "samples": {\n' + ",\n".join(lines) + "\n }\n}\n"
