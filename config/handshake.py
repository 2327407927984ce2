"""Who may open a socket: a page of this site, at this site's address, and nobody else."""

from django.conf import settings
from django.http.request import split_domain_port, validate_host


def same_site(application):
    """Wraps an ASGI application: a WebSocket handshake with a foreign `Origin` or `Host` is answered with HTTP 403.

    Channels' own validator compares host names; a page on another port or scheme of this machine is foreign too,
    so the header must be one of our origins to the letter (a browser writes it in one way only, RFC 6454).
    """

    async def checked(scope, receive, send):
        if _is_ours(dict(scope["headers"])):
            return await application(scope, receive, send)
        await receive()  # the server's `websocket.connect`
        await send({"type": "websocket.close"})

    return checked


def _is_ours(headers: dict[bytes, bytes]) -> bool:
    origin = headers.get(b"origin", b"").decode("latin1")
    host, _ = split_domain_port(headers.get(b"host", b"").decode("latin1"))
    origins = {settings.SITE_URL, *settings.CSRF_TRUSTED_ORIGINS}
    return origin in origins and validate_host(host, settings.ALLOWED_HOSTS)
