"""Rename the cookies of older releases.

Session cookies need this for 30 days after the upgrade, and the language cookie for a year.
"""

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_only_middleware

FORMER_NAMES = {
    settings.SESSION_COOKIE_NAME: settings.FORMER_SESSION_COOKIE_NAME,
    settings.CSRF_COOKIE_NAME: settings.FORMER_CSRF_COOKIE_NAME,
}


@sync_only_middleware
def adopt(get_response):
    """Read the old cookies. Must come before `SessionMiddleware`."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        adopted = _former(request.COOKIES)
        request.COOKIES.update(adopted)
        if language := request.COOKIES.get(settings.FORMER_LANGUAGE_COOKIE_NAME):
            request.COOKIES.setdefault(settings.LANGUAGE_COOKIE_NAME, language)
        response = get_response(request)
        if adopted and _is_ours(request, adopted):
            _move(response, adopted, request.session.get_expiry_age())
        return response

    return middleware


def _former(cookies: dict[str, str]) -> dict[str, str]:
    """Return the old cookies by their new names, or {} if any new cookie is set."""
    if FORMER_NAMES.keys() & cookies.keys():
        return {}
    return {name: cookies[former] for name, former in FORMER_NAMES.items() if former in cookies}


def _is_ours(request: HttpRequest, adopted: dict[str, str]) -> bool:
    """Return whether the old cookie is a session of this site. Over http, any Django site on this
    host may have set it. If the user has just logged in, the key differs.
    """
    try:
        is_same = request.session.session_key == adopted.get(settings.SESSION_COOKIE_NAME)
        return is_same and SESSION_KEY in request.session
    except (OperationalError, InterfaceError):  # the database is down; a later request moves it
        return False


def _move(response: HttpResponseBase, cookies: dict[str, str], session_age: int) -> None:
    ages = {
        settings.SESSION_COOKIE_NAME: session_age,
        settings.CSRF_COOKIE_NAME: settings.CSRF_COOKIE_AGE,
    }
    for name, value in cookies.items():
        if name not in response.cookies:
            secure = settings.SESSION_COOKIE_SECURE
            response.set_cookie(
                name, value, max_age=ages[name], secure=secure, httponly=True, samesite="Lax"
            )
        response.delete_cookie(FORMER_NAMES[name], samesite="Lax")
