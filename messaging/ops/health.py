"""Health checks, startup and shutdown of a process."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection

from messaging.backends import presence
from messaging.backends.redis import persistence
from messaging.consumers.shutdown import ClosableWindow, shutdown
from messaging.consumers.websocket import registry
from messaging.delivery.counters import counts
from messaging.domain.messages import StateUnavailable
from messaging.files.registry import registry as files

TEXT = "text/plain; charset=utf-8"
CHECK_TIMEOUT = 2.0  # for each check

Answer = tuple[int, str, str]  # status, body, media type


async def database() -> None:
    """Query the database in a thread, because the query may hang."""
    await asyncio.get_running_loop().run_in_executor(_thread, _ask_database)


async def throttles() -> None:
    """Increment a counter in the cache. Without the cache, processes cannot share limits."""
    await asyncio.get_running_loop().run_in_executor(_counting_thread, _count)


def _count() -> None:
    cache.set("readiness", 0, 60)
    cache.incr("readiness")


def _ask_database() -> None:
    try:
        get_user_model().objects.exists()
    finally:
        connection.close()  # so that the next check opens a new connection


_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readiness")
_counting_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readiness")
# A check fails by raising an exception.
CHECKS: dict[str, Callable[[], Awaitable[None]]] = {
    "database": database,
    "memory": presence.reach,
    "throttles": throttles,
}


class Readiness:
    """Run the checks, one run at a time, and share the result among all clients."""

    def __init__(self) -> None:
        self.look: asyncio.Task[list[str]] | None = None
        self.last: list[str] = []  # in the last run

    async def missing(self) -> list[str]:
        """Return the names of the checks that failed."""
        if shutdown.has_begun:
            return ["the server is being restarted"]
        if (
            self.look is None
            or self.look.done()
            or self.look.get_loop() is not asyncio.get_running_loop()
        ):
            self.look = asyncio.create_task(_look())
        self.last = await asyncio.shield(self.look)
        return self.last


async def _look() -> list[str]:
    answers = await asyncio.gather(*(_has(check) for check in CHECKS.values()))
    return [name for name, is_there in zip(CHECKS, answers, strict=True) if not is_there]


async def _has(check: Callable[[], Awaitable[None]]) -> bool:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT):
            await check()
    except Exception:  # noqa: BLE001
        return False
    return True


readiness = Readiness()


async def alive() -> Answer:
    """Return 200 without a query to any service."""
    return 200, "ok\n", TEXT


async def ready() -> Answer:
    """Return 200, or 503 with the names of the checks that failed."""
    missing = await readiness.missing()
    return (
        (503, "".join(f"not ready: {name}\n" for name in missing), TEXT)
        if missing
        else (200, "ready\n", TEXT)
    )


def count_unreadable_address() -> None:
    counts.unreadable_addresses += 1


async def begin() -> None:
    await asyncio.to_thread(persistence.warn, settings.REDIS_URL)


async def end() -> None:
    """Close all windows of this process, and release its lease."""
    await shutdown.end(_windows)
    with suppress(StateUnavailable):
        await presence.close()


def _windows() -> list[ClosableWindow]:
    """Return all windows, and the sockets of files."""
    windows = [window for own in registry.connections.values() for window in own]
    return [*windows, *files.sockets]
