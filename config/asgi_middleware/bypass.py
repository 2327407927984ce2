"""Bypass Django for pages that load for hours, so that they occupy no thread."""

from collections.abc import Awaitable, Callable, Mapping

from config.asgi_middleware.websocket_origin import has_our_host

Application = Callable[..., Awaitable[None]]


def with_bypass(application: Application, others: Mapping[str, Application]):
    """Wrap an ASGI application for HTTP. The applications in `others` answer GET requests of their
    paths. Requests for a foreign host go to Django, which refuses them.
    """

    async def wrapped(scope, receive, send):
        other = others.get(scope["path"])
        if other is None or scope["method"] != "GET" or not has_our_host(scope["headers"]):
            return await application(scope, receive, send)
        await other(scope, receive, send)

    return wrapped
