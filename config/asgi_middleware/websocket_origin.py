"""Who may open a socket: a page of this site, at this site's address, and nobody else."""

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from config.middleware.security_headers import encoded

Headers = list[tuple[bytes, bytes]]


def same_site(application):
    """Wraps an ASGI application: a WebSocket handshake with a foreign `Origin` or `Host` is
    answered with HTTP 403.

    Channels' own validator compares host names; a page on another port or scheme of this machine is
    foreign too, so the header must be one of our origins to the letter (a browser writes it in one
    way only, RFC 6454).
    """

    async def checked(scope, receive, send):
        await (application if _is_ours(scope["headers"]) else refused)(scope, receive, send)

    return checked


async def refused(scope, receive, send) -> None:
    """An ASGI application: HTTP 403, with our headers where the server lets an application say more
    than no (uvicorn; Daphne's come from `messaging.ops.server.sockets`).
    """
    await receive()  # the server's `websocket.connect`
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        return await send({"type": "websocket.close"})
    headers = encoded({**settings.SECURITY_HEADERS, "Content-Length": "0"})
    await send({"type": "websocket.http.response.start", "status": 403, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b""})


def is_asked_by_our_name(headers: Headers) -> bool:
    hosts = _values(headers, b"host")
    return len(hosts) == 1 and validate_host(split_domain_port(hosts[0])[0], settings.ALLOWED_HOSTS)


def _is_ours(headers: Headers) -> bool:
    origins = _values(headers, b"origin")
    return (
        len(origins) == 1
        and origins[0] in settings.CSRF_TRUSTED_ORIGINS
        and is_asked_by_our_name(headers)
    )


def _values(headers: Headers, wanted: bytes) -> list[str]:
    """Two of a header are one too many: which of them counts would be for the sender to choose."""
    return [value.decode("latin1") for name, value in headers if name == wanted]
