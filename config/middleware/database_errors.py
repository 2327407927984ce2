"""Return a 503 page while the database is down."""

import logging

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.decorators import sync_only_middleware

logger = logging.getLogger(__name__)
RETRY_AFTER = "5"  # seconds


@sync_only_middleware
class DatabaseErrors:
    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        # The error's text may contain what a user typed, so only its type is logged.
        logger.error("The database does not answer: %s", type(exception).__name__)
        # Render without the request, because context processors would query the database.
        return HttpResponse(
            render_to_string("503.html"), status=503, headers={"Retry-After": RETRY_AFTER}
        )
