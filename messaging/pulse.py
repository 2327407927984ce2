"""What has to happen without anybody asking, as long as a window is open in this process."""

import asyncio
import logging
from contextvars import Context

from messaging import broadcasts, delivery, limits
from messaging.counts import counts
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
            # It is about everybody: no line of the log is to bear the name of the window that began it.
            self.task = asyncio.create_task(self._run(), context=Context())
        self.wake.set()

    async def _run(self) -> None:
        while not (presence.is_idle() and mailbox.is_idle() and limits.are_idle()):
            try:
                await self._turn()
            except Exception as error:  # noqa: BLE001 - one failure must not end presence for everybody
                logger.error("A turn of the pulse failed: %s", type(error).__name__)
            self.wake.clear()
            await self._nap()
            await self._wait()

    async def _nap(self) -> None:
        """Half a turn, whatever happens; how late it ends is how busy the event loop is."""
        clock = asyncio.get_running_loop().time
        due = clock() + SECONDS / 2
        await asyncio.sleep(SECONDS / 2)
        counts.nap(max(0.0, clock() - due))

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
