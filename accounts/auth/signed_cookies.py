"""Signed cookies that last an hour, for browsers that are not logged in.

Sessions would be rows in the database that anyone could add with a GET.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

LIFETIME = 3600  # seconds


def set_cookie(response: HttpResponse, name: str, value: str) -> None:
    """Set a cookie that the browser can read but not change."""
    response.set_signed_cookie(
        settings.COOKIE_PREFIX + name,
        value,
        max_age=LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def get_cookie(request: HttpRequest, name: str) -> str:
    """Return the value of a valid cookie, or ""."""
    return (
        request.get_signed_cookie(settings.COOKIE_PREFIX + name, default="", max_age=LIFETIME) or ""
    )


def delete_cookie(response: HttpResponse, name: str) -> None:
    response.delete_cookie(settings.COOKIE_PREFIX + name, samesite="Lax")
