"""The server's own beginning and end, as ASGI tells them (Lifespan 2.0). Daphne does not; `manage.py serve` ends it."""

from collections.abc import Awaitable, Callable


def lifespan(begin: Callable[[], Awaitable[None]], end: Callable[[], Awaitable[None]]):
    """An ASGI application that awaits `begin` before the server serves, and `end` before it goes."""

    async def living(scope, receive, send):
        await receive()
        await begin()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await end()
        await send({"type": "lifespan.shutdown.complete"})

    return living
