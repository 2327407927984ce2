"""The headers that every response carries: settings.SECURITY_HEADERS."""

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

# Pages and fragments stay out of every cache, the back/forward cache included; static files say
# otherwise.
NO_STORE = {"Cache-Control": "no-store"}
Encoded = list[tuple[bytes, bytes]]


def encoded(headers: dict[str, str]) -> Encoded:
    """As ASGI has them."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def dressed(application):
    """Wraps an ASGI application for HTTP: what is answered beside Django's middleware carries the
    headers too.
    """

    async def served(scope, receive, send):
        async def sent(event):
            if event["type"] == "http.response.start":
                event = {
                    **event,
                    "headers": _completed(
                        [(name, value) for name, value in event.get("headers", [])]
                    ),
                }
            await send(event)

        await application(scope, receive, sent)

    return served


def _completed(headers: Encoded) -> Encoded:
    there = {name.lower() for name, _ in headers}
    wanted = encoded({**settings.SECURITY_HEADERS, **NO_STORE})
    return headers + [(name, value) for name, value in wanted if name not in there]


def _dress(response: HttpResponseBase) -> HttpResponseBase:
    for name, value in {**settings.SECURITY_HEADERS, **NO_STORE}.items():
        response.headers.setdefault(name, value)
    return response


@sync_and_async_middleware
def protect(get_response):
    """The same for Django's own, its tests included, which know no ASGI."""
    if iscoroutinefunction(get_response):

        async def async_middleware(request: HttpRequest) -> HttpResponseBase:
            return _dress(await get_response(request))

        return async_middleware

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return _dress(get_response(request))

    return middleware
