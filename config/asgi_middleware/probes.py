"""Answer health checks and metrics before Django, so that they need no valid host and no thread."""

from collections.abc import Awaitable, Callable, Mapping

from django.conf import settings

from config.asgi_middleware.client_address import HIDDEN, is_among
from config.middleware.security_headers import encoded

TEXT = "text/plain; charset=utf-8"

Answer = tuple[int, str, str]  # status, body, media type
Probe = Callable[[], Awaitable[Answer]]


def with_probes(application, *, public: Mapping[str, Probe], restricted: Mapping[str, Probe]):
    """Wrap an ASGI application for HTTP. Answer the paths in `public` for all clients, and those in
    `restricted` for clients in METRICS_ALLOWED. Pass all other requests to the application.
    """

    async def wrapped(scope, receive, send):
        probe = public.get(scope["path"]) or (
            restricted.get(scope["path"]) if _is_allowed(scope) else None
        )
        if probe is None:
            return await application(scope, receive, send)
        if scope["method"] not in {"GET", "HEAD"}:
            return await _send((405, "Only GET and HEAD are answered here.\n", TEXT), send)
        await _send(await probe(), send, is_head=scope["method"] == "HEAD")

    return wrapped


def _is_allowed(scope: dict) -> bool:
    client = scope.get("client") or [""]
    return not scope.get(HIDDEN) and is_among(client[0], settings.METRICS_ALLOWED)


async def _send(answer: Answer, send, *, is_head: bool = False) -> None:
    status, text, kind = answer
    body = text.encode()
    headers = {"Content-Type": kind, "Content-Length": str(len(body))}
    if status == 405:
        headers["Allow"] = "GET, HEAD"
    await send({"type": "http.response.start", "status": status, "headers": encoded(headers)})
    await send({"type": "http.response.body", "body": b"" if is_head else body})
