"""What has to happen without anybody asking, as long as a window is open in this process."""

import asyncio
import logging

from messaging import broadcasts, delivery, limits
from messaging.homes import mailbox, presence

logger = logging.getLogger(__name__)
SECONDS = 1.0


class Pulse:
    """One task for all windows. A change of presence is told at once after a quiet second, else with the next ones."""

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None
        self.wake = asyncio.Event()

    def quicken(self) -> None:
        """Something has changed: starts the task if it is not running, and lets it look now."""
        if self.task is None or self.task.done() or self.task.get_loop() is not asyncio.get_running_loop():
            self.wake = asyncio.Event()
            self.task = asyncio.create_task(self._run())
        self.wake.set()

    async def _run(self) -> None:
        while not (presence.is_idle() and mailbox.is_idle() and limits.are_idle()):
            try:
                await self._turn()
            except Exception as error:  # noqa: BLE001 - one failure must not end presence for everybody
                logger.error("A turn of the pulse failed: %s", type(error).__name__)
            self.wake.clear()
            await asyncio.sleep(SECONDS / 2)
            await self._wait()

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self.wake.wait(), SECONDS / 2)
        except TimeoutError:
            return

    async def _turn(self) -> None:
        """Tells who has come and gone, forgets what is too old and tells whom that concerns."""
        if changes := await presence.news():
            await broadcasts.presence_changed(changes)
        await delivery.tell(await mailbox.sweep(), expired=True)
        for limit in limits.ALL:
            limit.sweep()


pulse = Pulse()
