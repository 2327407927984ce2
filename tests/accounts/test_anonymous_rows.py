"""Pages write no row for anonymous visitors. POSTs write only rows that last an hour."""

import re
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import pytest
from django.conf import settings
from django.contrib.messages import add_message, constants
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from accounts.auth import recovery
from accounts.models import Session
from accounts.models.session import HOUR
from config.message_storage import MessageCookie
from tests.accounts.clients import browser

pytestmark = pytest.mark.django_db

VALUES = {"int": "1", "uuid": "0" * 8 + "-0000" * 3 + "-" + "0" * 12}
WRITING = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)", re.IGNORECASE)
LOG_IN_OPTIONS = reverse("accounts:log_in_passkey_options")


def addresses(patterns=None, start="/") -> Iterator[str]:
    for each in get_resolver().url_patterns if patterns is None else patterns:
        address = start + sample(str(each.pattern))
        if isinstance(each, URLPattern):
            yield address
        else:
            yield from addresses(each.url_patterns, address)


def sample(route: str) -> str:
    """Return a URL that a route or a regular expression matches."""
    route = route.replace("?P<", "<")
    route = re.sub(r"<(?:(\w+):)?\w+>", lambda found: VALUES.get(found[1], "none"), route)
    return re.sub(r"\(none([^|)]*)[^)]*\)", r"\1", route).strip("^$")


def links(person) -> list[str]:
    """Return URLs with valid tokens."""
    made = browser("alice").post("/accounts/invitations/", {"uses": 1, "days": 1}).context["link"]
    return [link.removeprefix(settings.SITE_URL) for link in (made, recovery.reset_link(person))]


def full_cookie() -> str:
    """Return as many notices as fit into the cookie."""
    request, response = RequestFactory().get("/"), HttpResponse()
    request._messages = storage = CookieStorage(request)  # type: ignore[attr-defined]
    # The cookie is compressed. The oldest notices are dropped until the rest fits. These are short,
    # so that no further one fits.
    for number in range(100):
        words = sha256(bytes([number])).hexdigest()
        add_message(request, constants.INFO, words[:4] if number < 66 else words)
    storage.update(response)
    cookie = response.cookies[CookieStorage.cookie_name].value
    assert 2030 < len(cookie) <= MessageCookie.max_cookie_size
    return cookie


def written(client, address, method="get", **cookies) -> list[str]:
    """Return the statements that write when a browser with only these cookies requests a URL."""
    client.cookies.clear()
    client.cookies.load(cookies)
    with CaptureQueriesContext(connection) as queries:
        assert getattr(client, method)(address).status_code < 500, address
    return [query["sql"] for query in queries if WRITING.match(query["sql"])]


@pytest.fixture
def every_address(alice, settings):
    settings.INVITATIONS, settings.EMAIL_URL = "everybody", "smtp://mail.example.org"
    found = [*addresses(), *links(alice)]
    Session.objects.all().delete()
    assert len(found) > 80
    some = "/ /accounts/login/code/ /accounts/reset/none/none/ /language/ /admin/"
    assert set(some.split()) < set(found)
    return found


def test_reading_pages_writes_no_row_whatever_the_cookies(client, every_address):
    notices = {MessageCookie.cookie_name: full_cookie()}
    kinds = [{}, notices, {**notices, settings.SESSION_COOKIE_NAME: "nobodys" * 4}]
    for address in every_address:
        for cookies in kinds:
            assert written(client, address, **cookies) == [], address
    assert Session.objects.count() == 0


def test_a_write_statement_would_be_noticed(client):
    assert written(client, LOG_IN_OPTIONS, "post")


def test_rows_written_by_anonymous_posts_name_no_user_and_last_an_hour(client, every_address):
    notices = {MessageCookie.cookie_name: full_cookie()}
    asked = [each for each in every_address if written(client, each, "post", **notices)]
    assert set(asked) == {LOG_IN_OPTIONS}
    ends = Session.objects.get(user=None).expire_date
    assert ends <= timezone.now() + timedelta(seconds=HOUR)


def test_expired_anonymous_rows_are_deleted_with_the_next_one(alice):
    Client().post(LOG_IN_OPTIONS)
    mine = browser("alice").session.session_key
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    Client().post(LOG_IN_OPTIONS)
    assert Session.objects.filter(user=None).count() == 1
    # Sessions of users are left to the daily command.
    assert Session.objects.filter(pk=mine).exists()


def test_the_newest_notices_are_kept():
    request = RequestFactory().get("/")
    request.COOKIES[MessageCookie.cookie_name] = full_cookie()
    words = [notice.message for notice in MessageCookie(request)]
    assert words[-1] == sha256(bytes([99])).hexdigest()
    assert 34 < len(words) < 100
