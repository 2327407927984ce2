"""Sessions from before the cookies had names of our own go on: read under the old names once, they get the new ones.

Nobody needs this any more once the last of those sessions has ended, 30 days after the upgrade.
"""

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_only_middleware

FORMER = {
    settings.SESSION_COOKIE_NAME: settings.FORMER_SESSION_COOKIE_NAME,
    settings.CSRF_COOKIE_NAME: settings.FORMER_CSRF_COOKIE_NAME,
}


@sync_only_middleware
def adopt(get_response):
    """Before `SessionMiddleware`."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        adopted = _former(request.COOKIES)
        request.COOKIES.update(adopted)
        response = get_response(request)
        # Over http, the old names are those of any Django program on this host: only what is ours is moved.
        if adopted and SESSION_KEY in request.session:
            _move(response, adopted, request.session.get_expiry_age())
        return response

    return middleware


def _former(cookies: dict[str, str]) -> dict[str, str]:
    """Return the values of the old cookies by their new names, as long as there is none of the new ones."""
    if FORMER.keys() & cookies.keys():
        return {}
    return {name: cookies[former] for name, former in FORMER.items() if former in cookies}


def _move(response: HttpResponseBase, cookies: dict[str, str], session_age: int) -> None:
    ages = {settings.SESSION_COOKIE_NAME: session_age, settings.CSRF_COOKIE_NAME: settings.CSRF_COOKIE_AGE}
    for name, value in cookies.items():
        if name not in response.cookies:
            secure = settings.SESSION_COOKIE_SECURE
            response.set_cookie(name, value, max_age=ages[name], secure=secure, httponly=True, samesite="Lax")
        response.delete_cookie(FORMER[name], samesite="Lax")
