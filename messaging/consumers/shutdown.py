"""Graceful shutdown of this process."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from messaging.consumers.close_codes import RESTARTING

TIMEOUT = 4.0  # seconds to wait for all windows


class ClosableWindow(Protocol):
    """What the shutdown needs of a window."""

    task: asyncio.Task | None

    async def close(self, code: int, text: str = "") -> None: ...


Windows = Callable[[], Sequence[ClosableWindow]]  # returns the open ones


class Shutdown:
    """Close all windows of this process. Any server can call `end`."""

    def __init__(self) -> None:
        self.has_begun = False

    async def end(self, windows: Windows) -> None:
        """Close all windows. Return once each has released its resources."""
        self.has_begun = True
        await asyncio.gather(*(window.close(RESTARTING) for window in windows()))
        if not await _wait_until_gone(windows):
            for window in windows():
                if window.task:
                    window.task.cancel()
            await _wait_until_gone(windows)


async def _wait_until_gone(windows: Windows) -> bool:
    if tasks := [window.task for window in windows() if window.task]:
        await asyncio.wait(tasks, timeout=TIMEOUT / 2)
    return not windows()


shutdown = Shutdown()
