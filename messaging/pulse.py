"""What has to happen without anybody asking: once a second, as long as a window is open in this process."""

import asyncio
import logging

from messaging import broadcasts
from messaging.mailbox import mailbox
from messaging.presence import presence

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
        while presence.told or presence.holders or mailbox.boxes:
            try:
                await beat()
            except Exception:
                # One failure must not end presence for everybody; what people wrote is in no local variable here.
                logger.exception("a beat failed")
            self.wake.clear()
            await asyncio.sleep(SECONDS / 2)
            await self._wait()

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self.wake.wait(), SECONDS / 2)
        except TimeoutError:
            return


async def beat() -> None:
    """Tells who has come and gone, and which messages nobody has shown in time."""
    if changes := await presence.news():
        await broadcasts.presence_changed(changes)
    for message in await mailbox.sweep():
        await broadcasts.message_expired(message)


pulse = Pulse()
