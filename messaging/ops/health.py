"""Health checks, metrics, startup and shutdown of a process."""

import asyncio
from contextlib import suppress

from django.conf import settings

from messaging.backends import presence
from messaging.backends.redis import persistence
from messaging.consumers.shutdown import shutdown
from messaging.consumers.websocket import WindowConsumer, registry
from messaging.delivery.counters import counts
from messaging.domain.messages import StateUnavailable
from messaging.ops import metrics
from messaging.ops.readiness import readiness

TEXT = "text/plain; charset=utf-8"

Answer = tuple[int, str, str]  # status, body, media type


async def alive() -> Answer:
    """Answer without asking any service."""
    return 200, "ok\n", TEXT


async def ready() -> Answer:
    """Return 200, or 503 with the names of failed checks."""
    missing = await readiness.missing()
    return (
        (503, "".join(f"not ready: {name}\n" for name in missing), TEXT)
        if missing
        else (200, "ready\n", TEXT)
    )


async def prometheus() -> Answer:
    await readiness.missing()
    return 200, metrics.text(), metrics.CONTENT_TYPE


def count_unreadable_address() -> None:
    counts.unreadable_addresses += 1


async def begin() -> None:
    await asyncio.to_thread(persistence.warn, settings.REDIS_URL)


async def end() -> None:
    """Close all windows of this process, and release its lease."""
    await shutdown.end(_windows)
    with suppress(StateUnavailable):
        await presence.close()


def _windows() -> list[WindowConsumer]:
    return [window for own in registry.connections.values() for window in own]
