"""What is answered over HTTP beside Django: a page that is loaded for hours must hold no thread."""

from collections.abc import Mapping
from typing import Any

from config.asgi_middleware.websocket_origin import is_asked_by_our_name


def beside(application, others: Mapping[str, Any]):
    """Wraps an ASGI application for HTTP. It goes on answering everything but a GET of one of these
    paths, and tells those who ask by a foreign name that they do.
    """

    async def served(scope, receive, send):
        other = others.get(scope["path"])
        if other is None or scope["method"] != "GET" or not is_asked_by_our_name(scope["headers"]):
            return await application(scope, receive, send)
        await other(scope, receive, send)

    return served
