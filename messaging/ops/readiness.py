"""Whether this process can do its work at this moment: each thing that it needs is asked, by name,
with a time-out.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection

from messaging.backends import presence
from messaging.consumers.shutdown import shutdown

SECONDS = 2.0  # for each check


async def database() -> None:
    """Asks in a thread of its own: one that hangs must not be in anybody's way."""
    await asyncio.get_running_loop().run_in_executor(_thread, _ask_database)


async def throttles() -> None:
    """Count once where attempts are counted. What cannot count limits nobody, or each process for
    itself.
    """
    await asyncio.get_running_loop().run_in_executor(_counting_thread, _count)


def _count() -> None:
    cache.set("readiness", 0, 60)
    cache.incr("readiness")


def _ask_database() -> None:
    try:
        get_user_model().objects.exists()
    finally:
        connection.close()  # the next look is to find out anew


_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readiness")
_counting_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readiness")
# Whatever a check raises means no.
CHECKS: dict[str, Callable[[], Awaitable[None]]] = {
    "database": database,
    "memory": presence.reach,
    "throttles": throttles,
}


class Readiness:
    """However many ask, each thing is asked once at a time."""

    def __init__(self) -> None:
        self.look: asyncio.Task[list[str]] | None = None
        self.last: list[str] = []  # what was missing when somebody asked last

    async def missing(self) -> list[str]:
        """The names of what is missing; none if this process is ready."""
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
        async with asyncio.timeout(SECONDS):
            await check()
    except Exception:  # noqa: BLE001 - whatever it is, the answer is no
        return False
    return True


readiness = Readiness()
