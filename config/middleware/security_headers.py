"""Add settings.SECURITY_HEADERS to every response."""

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

# Keep pages out of all caches, including the back/forward cache. Static files set their own value.
NO_STORE = {"Cache-Control": "no-store"}
Encoded = list[tuple[bytes, bytes]]


def encoded(headers: dict[str, str]) -> Encoded:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def with_security_headers(application):
    """Wrap an ASGI application for HTTP. This covers responses that bypass Django's middleware."""

    async def wrapped(scope, receive, send):
        async def send_with_headers(event):
            if event["type"] == "http.response.start":
                headers = [(name, value) for name, value in event.get("headers", [])]
                event = {**event, "headers": _completed(headers)}
            await send(event)

        await application(scope, receive, send_with_headers)

    return wrapped


def _completed(headers: Encoded) -> Encoded:
    present = {name.lower() for name, _ in headers}
    wanted = encoded({**settings.SECURITY_HEADERS, **NO_STORE})
    return headers + [(name, value) for name, value in wanted if name not in present]


def _add_headers(response: HttpResponseBase) -> HttpResponseBase:
    for name, value in {**settings.SECURITY_HEADERS, **NO_STORE}.items():
        response.headers.setdefault(name, value)
    return response


@sync_and_async_middleware
def protect(get_response):
    """Add the same headers as Django middleware, so that Django's test client sees them too."""
    if iscoroutinefunction(get_response):

        async def async_middleware(request: HttpRequest) -> HttpResponseBase:
            return _add_headers(await get_response(request))

        return async_middleware

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return _add_headers(get_response(request))

    return middleware
