"""Other people talk during an attack, and the delays of their messages are measured."""

import asyncio
import time
from pathlib import Path

from tests.support.window import Window

PAUSE = 0.13  # seconds between two messages of one person, below the rate limit


class Talk:
    """Pairs who talk during the block. `latencies` are in milliseconds."""

    def __init__(self, windows: list[Window]) -> None:
        self.windows = windows
        self.latencies: list[float] = []

    async def __aenter__(self) -> "Talk":
        for window in self.windows:
            await window.opens()
        self.tasks = [
            asyncio.create_task(self._talk(one, other))
            for one, other in zip(self.windows[::2], self.windows[1::2], strict=True)
        ]
        await asyncio.sleep(0.3)
        self.latencies.clear()
        return self

    async def __aexit__(self, *_) -> None:
        for task in self.tasks:
            task.cancel()
        self.codes = [window.code for window in self.windows]
        for window in self.windows:
            await window.is_cut()

    async def _talk(self, one: Window, other: Window) -> None:
        while True:
            said_at = time.monotonic()
            id = await one.says("Do you still hear me?", to=other.person)
            await other.until(lambda id=id: id in other.arrived)
            self.latencies.append((other.shown_at[f"{one.person.id}-{id}"] - said_at) * 1000)
            await asyncio.sleep(PAUSE)

    def p95(self) -> float:
        assert len(self.latencies) > 20
        assert not any(self.codes)  # all sockets stayed open
        return sorted(self.latencies)[int(len(self.latencies) * 0.95)]


class Peak:
    """The peak memory of a process during the block, and its growth, in bytes."""

    def __init__(self, pid: int) -> None:
        self.file = Path(f"/proc/{pid}/statm")

    async def __aenter__(self) -> "Peak":
        self.before = self.most = self._now()
        self.task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_) -> None:
        self.task.cancel()

    @property
    def growth(self) -> int:
        return self.most - self.before

    def _now(self) -> int:
        return int(self.file.read_text().split()[1]) * 4096

    async def _watch(self) -> None:
        while True:
            self.most = max(self.most, self._now())
            await asyncio.sleep(0.01)
