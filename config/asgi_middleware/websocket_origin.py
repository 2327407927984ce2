"""Refuse WebSockets opened by pages of other sites."""

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from config.middleware.security_headers import encoded

Headers = list[tuple[bytes, bytes]]


def with_origin_check(application):
    """Wrap an ASGI application for WebSockets. Answer a foreign `Origin` or `Host` with HTTP 403.

    Channels' validator compares only host names. Here, scheme and port must match too. Strings can
    be compared, because browsers write each origin in only one way (RFC 6454).
    """

    async def wrapped(scope, receive, send):
        chosen = application if _is_ours(scope["headers"]) else refuse_handshake
        await chosen(scope, receive, send)

    return wrapped


async def refuse_handshake(scope, receive, send) -> None:
    """Answer with HTTP 403. This is an ASGI application. uvicorn sends our headers with the answer;
    Daphne adds its own (`messaging.ops.server.sockets`).
    """
    await receive()  # `websocket.connect`
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        return await send({"type": "websocket.close"})
    headers = encoded({**settings.SECURITY_HEADERS, "Content-Length": "0"})
    await send({"type": "websocket.http.response.start", "status": 403, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b""})


def has_our_host(headers: Headers) -> bool:
    hosts = _values(headers, b"host")
    return len(hosts) == 1 and validate_host(split_domain_port(hosts[0])[0], settings.ALLOWED_HOSTS)


def _is_ours(headers: Headers) -> bool:
    origins = _values(headers, b"origin")
    return (
        len(origins) == 1 and origins[0] in settings.CSRF_TRUSTED_ORIGINS and has_our_host(headers)
    )


def _values(headers: Headers, wanted: bytes) -> list[str]:
    """Return all values of a header. Duplicates are refused, because otherwise the sender could
    choose which one counts.
    """
    return [value.decode("latin1") for name, value in headers if name == wanted]
