"""What somebody who is not signed in carries to the next page: signed, in the browser, for an hour.

In a session it would be a row in the database, written by a GET that anybody can repeat without
end.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

LIFETIME = 3600  # seconds


def set_cookie(response: HttpResponse, name: str, value: str) -> None:
    """Give the browser something to bring along. It can read it, and not change it."""
    response.set_signed_cookie(
        settings.COOKIE_PREFIX + name,
        value,
        max_age=LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def get_cookie(request: HttpRequest, name: str) -> str:
    """Return what the browser was given within the last hour, or ""."""
    return (
        request.get_signed_cookie(settings.COOKIE_PREFIX + name, default="", max_age=LIFETIME) or ""
    )


def delete_cookie(response: HttpResponse, name: str) -> None:
    """Take it out of the browser."""
    response.delete_cookie(settings.COOKIE_PREFIX + name, samesite="Lax")
