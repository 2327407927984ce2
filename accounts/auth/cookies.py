"""Cookies for browsers that are not logged in: signed values, valid for an hour, and OWASP's device
cookies, which prove that a browser has logged in to an account before.
"""

import re
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import usernames

LIFETIME = 3600  # seconds
DEVICE_COOKIE = f"{settings.COOKIE_PREFIX}known"
DEVICE_LIFETIME = 365 * 24 * 3600
MAX_ACCOUNTS = 5  # accounts remembered in one browser
TICKET = re.compile(r"([\w-]{16})-([0-9a-f]{64})")


def set_signed_cookie(response: HttpResponse, name: str, value: str) -> None:
    """Set a cookie that the browser can read but not change.

    With a session instead, any GET request could add a row to the database.
    """
    response.set_signed_cookie(
        settings.COOKIE_PREFIX + name,
        value,
        max_age=LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def get_signed_cookie(request: HttpRequest, name: str) -> str:
    """Return the value of the cookie, or "" if it is missing, forged or expired."""
    return (
        request.get_signed_cookie(settings.COOKIE_PREFIX + name, default="", max_age=LIFETIME) or ""
    )


def delete_signed_cookie(response: HttpResponse, name: str) -> None:
    response.delete_cookie(settings.COOKIE_PREFIX + name, samesite="Lax")


def device_nonce(request: HttpRequest, name: str) -> str:
    """Return this browser's nonce if the user with this folded name has logged in here, else ""."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    for number, signature in _tickets(request):
        if any(constant_time_compare(signature, _signature(number, name, key)) for key in keys):
            return number
    return ""


def remember_device(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """Add this account to the browser's device cookie."""
    name = usernames.fold(username)
    if device_nonce(request, name):
        return
    number = secrets.token_urlsafe(12)
    tickets = [
        f"{number}-{_signature(number, name)}",
        *("-".join(ticket) for ticket in _tickets(request)),
    ][:MAX_ACCOUNTS]
    response.set_cookie(
        DEVICE_COOKIE,
        ".".join(tickets),
        max_age=DEVICE_LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_device(response: HttpResponse) -> None:
    for name in (DEVICE_COOKIE, settings.FORMER_KNOWN_COOKIE_NAME):
        response.delete_cookie(name, samesite="Lax")


def _tickets(request: HttpRequest) -> list[tuple[str, str]]:
    kept = request.COOKIES.get(DEVICE_COOKIE) or request.COOKIES.get(
        settings.FORMER_KNOWN_COOKIE_NAME, ""
    )
    matches = [TICKET.fullmatch(ticket) for ticket in kept.split(".")[:MAX_ACCOUNTS]]
    return [(match[1], match[2]) for match in matches if match]


def _signature(number: str, name: str, key: str | None = None) -> str:
    return salted_hmac(
        "accounts.known_browsers", f"{number}\n{name}", secret=key, algorithm="sha256"
    ).hexdigest()
