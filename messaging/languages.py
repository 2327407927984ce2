"""Which language a page speaks: the one that was chosen in its browser, else the first of its own that there is."""

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, parse_cookie
from django.utils.translation import get_language_from_request

HEADERS = {b"cookie", b"accept-language"}


def spoken(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """As Django finds it for a page, by the headers of a handshake."""
    sent = {name: value.decode("latin1") for name, value in headers if name in HEADERS}
    request = HttpRequest()
    request.COOKIES = parse_cookie(sent.get(b"cookie", ""))
    if former := request.COOKIES.get(settings.FORMER_LANGUAGE_COOKIE_NAME):  # config.former_cookies
        request.COOKIES.setdefault(settings.LANGUAGE_COOKIE_NAME, former)
    request.META["HTTP_ACCEPT_LANGUAGE"] = sent.get(b"accept-language", "")
    return get_language_from_request(request)
