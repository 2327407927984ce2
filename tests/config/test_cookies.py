"""Cookies have unique names, so that other sites on this host do not replace them. Old names still
work.
"""

import re
from unittest import mock

import pytest
from django.contrib.auth import get_user
from django.db import OperationalError
from django.test import Client

from accounts.models import User
from accounts.sessions import SessionStore
from messaging.consumers.authentication import session_key
from tests.accounts.clients import browser, is_in
from tests.accounts.test_invitations import make
from tests.accounts.test_recovery import link_of
from tests.conftest import PASSWORD, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def former(alice):
    """Return Alice's browser with cookies of their old names."""
    here = signed_in(alice, enforce_csrf_checks=True)
    here.get("/accounts/password/")
    rename(here, {"sotto_8000_session": "sessionid", "sotto_8000_csrf": "csrftoken"})
    return here


def rename(client, names):
    for name, other in names.items():
        client.cookies[other] = client.cookies.pop(name).value


@pytest.mark.parametrize(
    ("site", "name"),
    [
        ("http://localhost:8000", "sotto_8000_session"),
        ("http://localhost:8001", "sotto_8001_session"),
        ("http://localhost", "sotto_session"),
        ("https://chat.example.org", "__Host-sotto_session"),
        ("https://chat.example.org:8443", "__Host-sotto_8443_session"),
    ],
)
def test_each_site_on_a_host_has_its_own_cookie_names(reader, site, name):
    read = reader.settings(SITE_URL=site, DEBUG="on")
    for kind in ("session", "csrf", "messages", "language"):
        assert read[f"{kind.upper()}_COOKIE_NAME"] == name.replace("session", kind)
    assert read["COOKIE_PREFIX"] == name.removesuffix("session")


def test_every_cookie_has_such_a_name(alice):
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    guest = Client()
    guest.get(make(browser()))
    guest.post("/accounts/signup/", {"username": "Dora", "password": PASSWORD})
    guest.post("/language/", {"language": "de"})
    fields = {"current_password": PASSWORD, "new_password": "an even lower voice"}
    guest.post("/accounts/password/", fields)
    guest.get(link_of("Dora"))
    kinds = ("session", "csrf", "messages", "language", "known", "invitation", "reset_link")
    assert guest.cookies.keys() == {f"sotto_8000_{kind}" for kind in kinds}


def test_a_session_continues_under_the_new_cookie_names(former, alice):
    session, token = former.cookies["sessionid"].value, former.cookies["csrftoken"].value
    answer = former.get("/accounts/")
    assert answer.status_code == 200
    for name, value in (("sotto_8000_session", session), ("sotto_8000_csrf", token)):
        cookie = answer.cookies[name]
        assert cookie.value == value
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
        assert cookie["max-age"] > 24 * 3600
    for name in ("sessionid", "csrftoken"):
        assert answer.cookies[name]["max-age"] == 0
        del former.cookies[name]
    assert get_user(former) == alice
    assert "sessionid" not in former.get("/accounts/").cookies


@pytest.mark.parametrize(
    ("chosen_since", "language"), [({}, "de"), ({"sotto_8000_language": "fr"}, "fr")]
)
def test_the_language_continues_under_the_new_cookie_name(client, chosen_since, language):
    client.cookies.load({"language": "de", **chosen_since})
    assert client.get("/accounts/login/")["Content-Language"] == language


def test_a_page_opened_before_the_change_can_send_its_form(former):
    page = former.get("/accounts/devices/").content.decode()
    (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    rename(former, {"sotto_8000_session": "sessionid", "sotto_8000_csrf": "csrftoken"})
    assert former.post("/accounts/logout/", {"csrfmiddlewaretoken": token}).status_code == 302
    assert not is_in(former)


def test_cookies_of_another_program_are_kept(alice):
    stranger = Client()
    stranger.cookies["sessionid"], stranger.cookies["csrftoken"] = "x" * 32, "y" * 32
    answer = stranger.get("/accounts/login/")
    assert answer.cookies.keys().isdisjoint({"sessionid", "csrftoken"})
    assert not is_in(stranger)


def test_logging_in_keeps_cookies_of_another_program(alice):
    stranger = Client()
    stranger.cookies["sessionid"], stranger.cookies["csrftoken"] = "x" * 32, "y" * 32
    answer = stranger.post("/accounts/login/", {"username": "alice", "password": PASSWORD})
    assert is_in(stranger)
    assert answer.cookies.keys().isdisjoint({"sessionid", "csrftoken"})


def test_a_former_cookie_causes_no_error_if_the_database_is_unavailable(former, monkeypatch):
    monkeypatch.setattr(SessionStore, "load", mock.Mock(side_effect=OperationalError))
    assert former.get("/nothing").status_code == 404


def test_the_new_name_takes_precedence(former, bob):
    mine = browser("bob")
    mine.cookies["sessionid"] = former.cookies["sessionid"].value
    answer = mine.get("/accounts/")
    assert get_user(mine) == bob
    assert "sessionid" not in answer.cookies


@pytest.mark.parametrize(
    ("cookies", "key"),
    [
        ("sessionid=former", "former"),
        ("sessionid=former; sotto_8000_session=new", "new"),
        ("sotto_8000_session=new", "new"),
        ("sotto_8001_session=another", ""),
    ],
)
def test_a_window_reconnects_with_the_former_cookie_name(cookies, key):
    assert session_key([(b"cookie", cookies.encode())]) == key


def test_a_page_whose_session_has_ended_says_so(alice):
    """Another site replaced the cookies, or they were deleted, so forms have no CSRF token."""
    stranger = Client(enforce_csrf_checks=True)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}
    answer = stranger.post("/people/", {"q": "bob"}, headers=headers)
    assert answer.headers["HX-Redirect"] == "/accounts/login/?next=/"
    assert "You’re logged out." in stranger.get(answer.headers["HX-Redirect"]).content.decode()
    here = signed_in(alice, enforce_csrf_checks=True)
    assert here.post("/people/", {"q": "bob"}, headers={"HX-Request": "true"}).status_code == 403
