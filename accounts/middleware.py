"""Notes on which day a session was last seen: the day alone, and once."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_only_middleware

from accounts import sessions

View = Callable[[HttpRequest], HttpResponse]


@sync_only_middleware
def note_the_day(get_response: View) -> View:
    """After `SessionMiddleware`, which saves what has changed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        # Who was not looked at is not looked up: a page for everybody costs no query. Nor who could
        # not be.
        if (
            response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
            and request.session.accessed
            and SESSION_KEY in request.session
        ):
            sessions.note_the_day(request)
        return response

    return middleware
