"""The server's own beginning and end, as ASGI tells them (Lifespan 2.0). Daphne does not; `manage.py serve` ends it."""

from collections.abc import Awaitable, Callable


def lifespan(end: Callable[[], Awaitable[None]]):
    """An ASGI application that awaits `end` before the server goes."""

    async def living(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await end()
        await send({"type": "lifespan.shutdown.complete"})

    return living
