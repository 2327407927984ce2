"""A page that needs the database while it is away: in plain words, and for now, instead of as a
fault of ours.
"""

import logging

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.decorators import sync_only_middleware

logger = logging.getLogger(__name__)
AGAIN = "5"  # seconds


@sync_only_middleware
class PlainWords:
    """A view that could not reach the database is answered with 503; open conversations do without
    it.
    """

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        # By its kind alone: a message of the database may hold what somebody has typed into a form.
        logger.error("The database does not answer: %s", type(exception).__name__)
        # Without the request: what a page knows of its reader would be asked of the database.
        return HttpResponse(
            render_to_string("503.html"), status=503, headers={"Retry-After": AGAIN}
        )
