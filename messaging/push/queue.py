"""A bounded queue of work for a few threads, so that a slow push service delays nothing else."""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from queue import Full, Queue
from threading import Lock, Thread

from messaging.delivery.counters import counts

THREADS = 4
MAX_JOBS = 200
MAX_AGE = 60.0  # seconds that a job may have waited

logger = logging.getLogger(__name__)


class WorkQueue:
    """Run jobs in daemon threads. These do not delay the end of the process, so whatever still
    waits at a shutdown is dropped.
    """

    def __init__(self) -> None:
        self.jobs: Queue[tuple[float, Callable[[], None]]] = Queue(MAX_JOBS)
        self.threads: list[Thread] = []
        self.loop: asyncio.AbstractEventLoop | None = None
        self.counting = Lock()

    def start(self) -> None:
        """Start the threads, once. Call this on the event loop, which keeps the time of retries."""
        self.loop = asyncio.get_running_loop()
        while len(self.threads) < THREADS:
            self.threads.append(Thread(target=self._work, name="push", daemon=True))
            self.threads[-1].start()

    def put(self, job: Callable[..., None], *arguments: object) -> None:
        try:
            self.jobs.put_nowait((time.monotonic(), partial(job, *arguments)))
        except Full:
            self.count("dropped")

    def put_later(self, seconds: float, job: Callable[..., None], *arguments: object) -> None:
        if self.loop:
            self.loop.call_soon_threadsafe(
                self.loop.call_later, seconds, partial(self.put, job, *arguments)
            )

    def count(self, result: str) -> None:
        with self.counting:
            counts.pushes[result] += 1

    def _work(self) -> None:
        while True:
            queued_at, job = self.jobs.get()
            try:
                self._run(queued_at, job)
            finally:
                self.jobs.task_done()

    def _run(self, queued_at: float, job: Callable[[], None]) -> None:
        if time.monotonic() - queued_at > MAX_AGE:
            return self.count("dropped")
        try:
            job()
        except Exception as error:  # noqa: BLE001 - the thread goes on
            # Only the type, because the rest may contain an endpoint.
            logger.error("A push notification failed: %s", type(error).__name__)
            self.count("failed")


queue = WorkQueue()
