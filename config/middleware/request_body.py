"""Refuse request bodies that are too large or not UTF-8."""

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_only_middleware

TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def with_body_limit(application):
    """Wrap an ASGI application for HTTP. Answer with 413 as soon as a body exceeds
    DATA_UPLOAD_MAX_MEMORY_SIZE. Daphne first reads the whole body, so `messaging.ops.server` checks
    the size too.
    """

    async def wrapped(scope, receive, send):
        left, is_answered = settings.DATA_UPLOAD_MAX_MEMORY_SIZE, False

        async def counted():
            nonlocal left
            event = await receive()
            left -= len(event.get("body", b""))
            # For the application, a client that sends too much has disconnected.
            return event if left >= 0 else {"type": "http.disconnect"}

        async def noted(event):
            nonlocal is_answered
            is_answered = True
            await send(event)

        if _announced(scope) > left:
            return await _refuse(send)
        await application(scope, counted, noted)
        if left < 0 and not is_answered:
            await _refuse(send)

    return wrapped


def _announced(scope: dict) -> int:
    """Return the Content-Length, which the server has validated, or 0 if there is none."""
    return next((int(value) for name, value in scope["headers"] if name == b"content-length"), 0)


async def _refuse(send) -> None:
    text = f"{TOO_LARGE} {TOO_LARGE.phrase}\n".encode()
    # `Connection: close` keeps the server from reading the rest.
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": TOO_LARGE.value, "headers": headers})
    await send({"type": "http.response.body", "body": text})


@sync_only_middleware
def refuse_other_charsets(get_response):
    def middleware(request: HttpRequest) -> HttpResponseBase:
        # A multipart body may name any of Python's codecs, and Django's parser fails with some of
        # them (`rot13`, `hex`).
        if (request.encoding or "utf-8").lower() not in {"utf-8", "utf8"}:
            raise BadRequest("This site reads UTF-8 alone.")
        return get_response(request)

    return middleware
