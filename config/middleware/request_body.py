"""What a request may carry: forms in UTF-8, as every browser sends them from our pages, of a
million bytes at most.
"""

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_only_middleware

TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def limited(application):
    """Wrap an ASGI application for HTTP: a body over the limit is answered with 413 as soon as that
    is known. Where a server reads all of a body first, as Daphne does, it has to do the same
    (`messaging.ops.server`).
    """

    async def served(scope, receive, send):
        left, is_answered = settings.DATA_UPLOAD_MAX_MEMORY_SIZE, False

        async def counted():
            nonlocal left
            event = await receive()
            left -= len(event.get("body", b""))
            # To the application, a client that sends too much is gone.
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

    return served


def _announced(scope: dict) -> int:
    """Return the length of the body as its head says it; the server has looked whether it is a
    number.
    """
    return next((int(value) for name, value in scope["headers"] if name == b"content-length"), 0)


async def _refuse(send) -> None:
    text = f"{TOO_LARGE} {TOO_LARGE.phrase}\n".encode()
    # Without the last header the rest would be read, and thrown away.
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": TOO_LARGE.value, "headers": headers})
    await send({"type": "http.response.body", "body": text})


@sync_only_middleware
def refuse_other_charsets(get_response):
    def middleware(request: HttpRequest) -> HttpResponseBase:
        # A multipart body may name any codec that Python knows (`rot13`, `hex`), and Django's
        # parser would fail on it.
        if (request.encoding or "utf-8").lower() not in {"utf-8", "utf8"}:
            raise BadRequest("This site reads UTF-8 alone.")
        return get_response(request)

    return middleware
