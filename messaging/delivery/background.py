"""Periodic work while a window is open, and background tasks."""

import asyncio
import logging
from collections.abc import Coroutine
from contextvars import Context

from messaging import rate_limits
from messaging.backends import mailbox, presence
from messaging.delivery import groups, outcomes
from messaging.delivery.counters import counts
from messaging.domain.messages import StateUnavailable

logger = logging.getLogger(__name__)
INTERVAL = 1.0  # seconds between two runs
# Seconds between two frames about presence, which pages must show within a second.
PRESENCE_INTERVAL = 0.8


class BackgroundTask:
    """One task for all windows. If presence was stable for a second, a change is sent at once."""

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None
        self.woken = asyncio.Event()

    def wake_up(self) -> None:
        """Run the task now; start it if necessary."""
        if (
            self.task is None
            or self.task.done()
            or self.task.get_loop() is not asyncio.get_running_loop()
        ):
            self.woken = asyncio.Event()
            # An empty context, so that the log does not name the window that started the task.
            self.task = asyncio.create_task(self._run(), context=Context())
        self.woken.set()

    async def _run(self) -> None:
        failing = ""
        while not (presence.is_idle() and mailbox.is_idle() and rate_limits.are_idle()):
            failing, has_changes = await self._try_once(failing)
            self.woken.clear()
            await self._sleep(PRESENCE_INTERVAL if has_changes else INTERVAL / 2)
            await self._wait()

    async def _try_once(self, failing: str) -> tuple[str, bool]:
        """Return the kind of failure ("" if none), which is logged once, and whether presence
        changed.
        """
        try:
            return "", await self._run_once()
        except StateUnavailable:  # logged once by the channel layer
            presence.request_resync()
            return failing, False
        except Exception as error:  # noqa: BLE001 - a failure must not end presence for all
            kind = type(error).__name__
            if kind != failing:
                logger.error("The background task failed: %s", kind)
                # Receipts may be lost. Request this only once, because then every page resends.
                presence.request_resync()
            return kind, False

    async def _sleep(self, seconds: float) -> None:
        """Sleep, and record how late the event loop woke up."""
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
        """Do all periodic work once. Return whether presence changed."""
        if changes := await presence.take_changes():
            await groups.presence_changed(changes)
        if presence.take_resync_request():
            await groups.resync_pages()
        await outcomes.notify_settled(await mailbox.sweep(), expired=True)
        for limit in rate_limits.ALL:
            limit.sweep()
        return bool(changes)


background_task = BackgroundTask()

# asyncio keeps only weak references to tasks. Without the references here, a task could be garbage
# collected before it is done.
running_tasks: set[asyncio.Task] = set()


def run_in_background(coroutine: Coroutine) -> None:
    task = asyncio.get_running_loop().create_task(coroutine)
    running_tasks.add(task)
    task.add_done_callback(running_tasks.discard)
