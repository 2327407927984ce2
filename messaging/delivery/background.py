"""What has to happen without anybody asking, as long as a window is open in this process."""

import asyncio
import logging
from collections.abc import Coroutine
from contextvars import Context

from messaging import rate_limits
from messaging.backends import mailbox, presence
from messaging.delivery import actions, groups
from messaging.delivery.counters import counts
from messaging.domain.messages import StateUnavailable

logger = logging.getLogger(__name__)
INTERVAL = 1.0
# Seconds between two frames about presence: who comes is to be seen within a second, by pages that
# can wait.
PRESENCE_INTERVAL = 0.8


class BackgroundTask:
    """One task for all windows. A change of presence is told at once after a quiet second, else
    with the next ones.
    """

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None
        self.woken = asyncio.Event()

    def wake_up(self) -> None:
        """Something has changed: starts the task if it is not running, and lets it look now."""
        if (
            self.task is None
            or self.task.done()
            or self.task.get_loop() is not asyncio.get_running_loop()
        ):
            self.woken = asyncio.Event()
            # It is about everybody: no line of the log is to bear the name of the window that began
            # it.
            self.task = asyncio.create_task(self._run(), context=Context())
        self.woken.set()

    def request_resync(self) -> None:
        """Something may have been settled of which nobody was told: every page is to ask again."""
        presence.request_resync()

    async def _run(self) -> None:
        failing = ""
        while not (presence.is_idle() and mailbox.is_idle() and rate_limits.are_idle()):
            failing, has_changes = await self._try_once(failing)
            self.woken.clear()
            await self._sleep(PRESENCE_INTERVAL if has_changes else INTERVAL / 2)
            await self._wait()

    async def _try_once(self, failing: str) -> tuple[str, bool]:
        """What it failed of, "" if it went well, and whether somebody had come or gone. What it was
        failing of already is said no more: an outage is many turns.
        """
        try:
            return "", await self._run_once()
        except StateUnavailable:  # the layer says that, once
            self.request_resync()
            return failing, False
        except Exception as error:  # noqa: BLE001 - one failure must not end presence for everybody
            kind = type(error).__name__
            if kind != failing:
                logger.error("The background task failed: %s", kind)
                # Once: it may have known of deliveries, and each doubt makes every page ask.
                self.request_resync()
            return kind, False

    async def _sleep(self, seconds: float) -> None:
        """Whatever happens; how late it ends is how busy the event loop is."""
        clock = asyncio.get_running_loop().time
        due = clock() + seconds
        await asyncio.sleep(seconds)
        counts.record_lag(max(0.0, clock() - due))

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self.woken.wait(), INTERVAL / 2)
        except TimeoutError:
            return

    async def _run_once(self) -> bool:
        """Tells who has come and gone, forgets what is too old and tells whom that concerns.
        Returns whether somebody had come or gone.
        """
        if changes := await presence.take_changes():
            await groups.presence_changed(changes)
        if presence.take_resync_request():
            await groups.process_died()
        await actions.notify_settled(await mailbox.sweep(), expired=True)
        for limit in rate_limits.ALL:
            limit.sweep()
        return bool(changes)


background_task = BackgroundTask()

# asyncio itself holds tasks weakly; one that nothing else holds may be collected before it is done.
running_tasks: set[asyncio.Task] = set()


def run_in_background(coroutine: Coroutine) -> None:
    task = asyncio.get_running_loop().create_task(coroutine)
    running_tasks.add(task)
    task.add_done_callback(running_tasks.discard)
