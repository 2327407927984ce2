"""What has to happen without anybody asking, as long as a window is open in this process."""

import asyncio
import logging
from contextvars import Context

from messaging import rate_limits
from messaging.backends import mailbox, presence
from messaging.delivery import actions, groups
from messaging.delivery.counters import counts
from messaging.domain.messages import Unreachable

logger = logging.getLogger(__name__)
SECONDS = 1.0
# Seconds between two frames about presence: who comes is to be seen within a second, by pages that
# can wait.
TOLD = 0.8


class Pulse:
    """One task for all windows. A change of presence is told at once after a quiet second, else
    with the next ones.
    """

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None
        self.wake = asyncio.Event()

    def quicken(self) -> None:
        """Something has changed: starts the task if it is not running, and lets it look now."""
        if (
            self.task is None
            or self.task.done()
            or self.task.get_loop() is not asyncio.get_running_loop()
        ):
            self.wake = asyncio.Event()
            # It is about everybody: no line of the log is to bear the name of the window that began
            # it.
            self.task = asyncio.create_task(self._run(), context=Context())
        self.wake.set()

    def doubt(self) -> None:
        """Something may have been settled of which nobody was told: every page is to ask again."""
        presence.is_in_doubt = True

    async def _run(self) -> None:
        failing = ""
        while not (presence.is_idle() and mailbox.is_idle() and rate_limits.are_idle()):
            failing, has_told = await self._try_a_turn(failing)
            self.wake.clear()
            await self._nap(TOLD if has_told else SECONDS / 2)
            await self._wait()

    async def _try_a_turn(self, failing: str) -> tuple[str, bool]:
        """What it failed of, "" if it went well, and whether somebody had come or gone. What it was
        failing of already is said no more: an outage is many turns.
        """
        try:
            return "", await self._turn()
        except Unreachable:  # the layer says that, once
            self.doubt()
            return failing, False
        except Exception as error:  # noqa: BLE001 - one failure must not end presence for everybody
            kind = type(error).__name__
            if kind != failing:
                logger.error("A turn of the pulse failed: %s", kind)
                # Once: it may have known of deliveries, and each doubt makes every page ask.
                self.doubt()
            return kind, False

    async def _nap(self, seconds: float) -> None:
        """Whatever happens; how late it ends is how busy the event loop is."""
        clock = asyncio.get_running_loop().time
        due = clock() + seconds
        await asyncio.sleep(seconds)
        counts.nap(max(0.0, clock() - due))

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self.wake.wait(), SECONDS / 2)
        except TimeoutError:
            return

    async def _turn(self) -> bool:
        """Tells who has come and gone, forgets what is too old and tells whom that concerns.
        Returns whether somebody had come or gone.
        """
        if changes := await presence.news():
            await groups.presence_changed(changes)
        if presence.is_in_doubt:
            presence.is_in_doubt = False  # first, since another doubt may come while they are told
            await groups.process_died()
        await actions.tell(await mailbox.sweep(), expired=True)
        for limit in rate_limits.ALL:
            limit.sweep()
        return bool(changes)


pulse = Pulse()
