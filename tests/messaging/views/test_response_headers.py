"""The security headers of every response."""

import re

import pytest
from django.test import Client

from messaging.people import roster
from tests.server.test_headers import SECURITY

pytestmark = pytest.mark.django_db

# A real server also sends these two (tests/server/test_headers.py).
OTHERS = ("strict-transport-security", "x-frame-options")
HEADERS = {name: value for name, value in SECURITY.items() if name not in OTHERS}
ANSWERS = {
    "the chat page": ("GET", "/", {}, 200),
    "a pane": ("GET", "/conversations/{bob}/", {}, 200),
    "a pane for htmx": ("GET", "/conversations/{bob}/", {"hx-request": "true"}, 200),
    "people": ("POST", "/people/", {}, 200),
    "the way out": ("POST", "/accounts/logout/", {}, 302),
    "nothing there": ("GET", "/nothing/", {}, 404),
    "no such person": ("GET", "/conversations/424242/", {}, 404),
    "a slash short": ("GET", "/conversations/1", {}, 301),
    "a search in an address": ("GET", "/people/?q=bob", {}, 302),
    "no such way to ask": ("PUT", "/people/", {}, 405),
    "another host": ("GET", "/", {"host": "evil.example"}, 400),
    "the administration": ("GET", "/admin/", {}, 404),
}


@pytest.fixture
def here(alice):
    client = Client(raise_request_exception=False, headers={"host": "localhost:8000"})
    client.force_login(alice)
    return client


def has_security_headers(response):
    assert {name: response.get(name) for name in HEADERS} == HEADERS
    assert "Server" not in response
    assert "X-Powered-By" not in response
    return True


@pytest.mark.parametrize("case", ANSWERS.values(), ids=ANSWERS.keys())
def test_every_response_has_security_headers_and_is_never_cached(case, here, bob):
    method, path, headers, status = case
    response = here.generic(method, path.format(bob=bob.pk), headers=headers)
    assert response.status_code == status
    assert has_security_headers(response)
    assert "no-store" in response["Cache-Control"]
    assert response.get("X-Frame-Options") == "DENY" or status != 200


@pytest.mark.parametrize(
    "path", ["/", "/accounts/login/", "/accounts/signup/", "/people/", "/static/nothing.css"]
)
def test_anonymous_responses_have_the_same_headers(path, client):
    response = client.get(path)
    assert has_security_headers(response)
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "file", ["css/base.css", "js/connection/outbox.js", "img/mark.svg", "django_htmx/htmx-2.min.js"]
)
def test_static_files_have_security_headers_and_can_be_cached(file, client):
    response = client.get(f"/static/{file}")
    assert response.status_code == 200
    assert has_security_headers(response)
    assert "no-store" not in response["Cache-Control"]
    assert int(response["Content-Length"]) > 100
    response.close()


def test_a_server_error_and_a_refused_form_have_the_headers_too(here, monkeypatch):
    monkeypatch.setattr(roster, "load_page", lambda *_: 1 / 0)
    strict = Client(enforce_csrf_checks=True)
    for response, status in ((here.get("/"), 500), (strict.post("/people/"), 403)):
        assert response.status_code == status
        assert has_security_headers(response)
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("is_secure", [True, False], ids=["https", "http"])
def test_a_site_on_https_sends_hsts_for_a_year(is_secure, client, settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    assert (
        "max-age=31536000" in client.get("/", secure=is_secure).get("Strict-Transport-Security", "")
    ) is is_secure


def test_nothing_on_the_page_needs_more_than_the_policy_allows(here, bob):
    page = here.get(f"/conversations/{bob.pk}/").content.decode()
    assert [tag for tag in re.findall(r"<script\b[^>]*>", page) if 'src="/static/' not in tag] == []
    assert re.findall(r"<style\b|\sstyle=|\son[a-z]+=|javascript:|\bhx-on\b", page) == []
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', page) == []
