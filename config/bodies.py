"""What a request may carry: forms in UTF-8, as every browser sends them from our pages."""

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.decorators import sync_and_async_middleware


def _check(request: HttpRequest) -> None:
    # A multipart body may name any codec that Python knows (`rot13`, `hex`), and Django's parser would fail on it.
    if (request.encoding or "utf-8").lower() not in {"utf-8", "utf8"}:
        raise BadRequest("This site reads UTF-8 alone.")


@sync_and_async_middleware
def refuse_other_charsets(get_response):
    if iscoroutinefunction(get_response):

        async def async_middleware(request: HttpRequest):
            _check(request)
            return await get_response(request)

        return async_middleware

    def middleware(request: HttpRequest):
        _check(request)
        return get_response(request)

    return middleware
