"""Record the day on which each session was last seen."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_only_middleware

from accounts import sessions

View = Callable[[HttpRequest], HttpResponse]


@sync_only_middleware
def note_the_day(get_response: View) -> View:
    """Record today in the session. Must come after `SessionMiddleware`, which saves it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        # Skip sessions that the view has not read, so that public pages need no query.
        if (
            response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
            and request.session.accessed
            and SESSION_KEY in request.session
        ):
            sessions.note_the_day(request)
        return response

    return middleware
