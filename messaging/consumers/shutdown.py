"""The end of this process: it says no to whoever asks whether it is ready, lets its windows go, and
waits for them.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from messaging.consumers.close_codes import RESTARTING

TIMEOUT = 4.0  # seconds for all windows to go; whoever is still there then is left


class ClosableWindow(Protocol):
    """A window, as its process sees it at the end."""

    task: asyncio.Task | None

    async def close(self, code: int, html: str = "") -> None: ...


Windows = Callable[[], Sequence[ClosableWindow]]  # those that are still there


class Shutdown:
    """Works under any server: one that stops calls `end`, wherever it learns that it has to."""

    def __init__(self) -> None:
        self.has_begun = False

    async def end(self, windows: Windows) -> None:
        """Returns when each window has given up its lease and whatever else it held."""
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
