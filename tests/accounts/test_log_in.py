"""Logging in, in any spelling of the name, without revealing who has an account."""

import re

import pytest
from django.conf import settings
from django.contrib.auth import get_user
from django.test import Client
from django.utils.encoding import iri_to_uri

from tests.accounts.page_reader import focused, words_beside
from tests.conftest import PASSWORD
from tests.support.http_client import FORM

LOG_IN = "/accounts/login/"

pytestmark = pytest.mark.django_db


def log_in(client, username="alice", password=PASSWORD, **fields):
    return client.post(LOG_IN, {"username": username, "password": password, **fields})


@pytest.mark.parametrize("name", ["alice", "ALICE", " alice ", "ａｌｉｃｅ"])  # noqa: RUF001
def test_any_spelling_of_the_name_logs_in(client, alice, name):
    response = log_in(client, name)
    assert (response.status_code, response.url) == (302, "/")
    assert get_user(client) == alice


def test_a_session_key_planted_beforehand_is_replaced(client, alice):
    planted = client.session
    planted["from"] = "a stranger"
    planted.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    log_in(client)
    assert client.session.session_key != planted.session_key
    stranger = Client()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    assert not get_user(stranger).is_authenticated


def without_what_differs(response, name):
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())
    return page.replace(f'value="{name}"', "")


def test_a_wrong_password_an_unknown_name_and_an_inactive_user_get_the_same_answer(
    client, alice, bob
):
    bob.is_active = False
    bob.save()
    names = ("alice", "nobody-here", "bob")
    answers = {name: log_in(client, name, "not the right password") for name in names}
    answers["Bob"] = log_in(client, "Bob")
    assert {answer.status_code for answer in answers.values()} == {422}
    assert len({without_what_differs(answer, name) for name, answer in answers.items()}) == 1
    assert "Incorrect user name or" in words_beside(answers["alice"], "password")


def test_an_unknown_name_costs_as_much_hashing_as_a_known_one(client, alice, bob, monkeypatch):
    from accounts.auth.hashers import Argon2Hasher

    bob.is_active = False
    bob.save()
    work = []

    def counted(original):
        def count(*args, **named):
            work.append(original)
            return original(*args, **named)

        return count

    for step in ("encode", "verify"):
        monkeypatch.setattr(Argon2Hasher, step, counted(getattr(Argon2Hasher, step)))
    spent = []
    for name in ("alice", "nobody-here", "bob", "\x00", "a" * 100):
        work.clear()
        log_in(client, name, "not the right password")
        spent.append(len(work))
    assert spent == [1, 1, 1, 0, 1]  # the form refuses a NUL before any hashing


def test_a_refused_form_keeps_the_name_but_not_the_password(client, alice):
    page = log_in(client, "alice", "not the right password").content.decode()
    assert 'value="alice"' in page
    assert "not the right password" not in page


def test_the_focus_is_on_the_field_to_fill_in(client, alice):
    assert focused(client.get(LOG_IN)) == ["username"]
    assert focused(log_in(client, "")) == ["username"]
    assert focused(log_in(client, "alice", "not the right password")) == ["password"]


def test_an_empty_form_says_what_is_missing(client):
    response = client.post(LOG_IN)
    assert response.status_code == 422
    assert "required" in words_beside(response, "username")
    assert "required" in words_beside(response, "password")


def test_spaces_around_a_password_belong_to_it(client, alice):
    assert log_in(client, "alice", f" {PASSWORD} ").status_code == 422


@pytest.mark.parametrize(
    "encoded", ["%00", "a%00b", "%ED%A0%80", "%FF", "%F0%9F%98%80", "%CC%81" * 100, "a" * 5_000]
)
def test_no_name_or_password_breaks_the_page(client, alice, encoded):
    body = f"username={encoded}&password={encoded}"
    response = client.generic("POST", LOG_IN, body, content_type=FORM)
    assert response.status_code == 422
    assert words_beside(response, "username") or words_beside(response, "password")


@pytest.mark.parametrize("where", ["/accounts/password/", "/?a=1&b=2", "/#bob", "/%E2%82%AC/€"])
def test_log_in_continues_to_the_requested_page(client, alice, where):
    assert client.get(LOG_IN, {"next": where}).context["next"] == where
    assert log_in(client, next=where).url == iri_to_uri(where)


@pytest.mark.parametrize(
    "where",
    [
        *("https://evil.example/", "//evil.example/", "///evil.example/", "/\\evil.example/"),
        *("\\\\evil.example/", "http:///evil.example/", "\x08//evil.example", " //evil.example"),
        *("http://testserver@evil.example/", "/\t/evil.example/", "javascript:alert(1)"),
        *("/" + "€" * 2_000, "evil", ""),
    ],
)
def test_no_redirect_leads_to_another_site(client, alice, where):
    assert 'name="next"' not in client.get(LOG_IN, {"next": where}).content.decode()
    fields = {"username": "alice", "password": PASSWORD, "next": where}
    assert client.post(f"{LOG_IN}?next=/people/", fields).url == "/"


def test_the_requested_page_survives_a_mistake(client, alice):
    answer = log_in(client, "alice", "not the right password", next="/accounts/password/")
    page = answer.content.decode()
    assert '<input type="hidden" name="next" value="/accounts/password/">' in page
    assert 'href="/accounts/signup/?next=%2Faccounts%2Fpassword%2F"' in page


def test_a_page_for_users_leads_here_and_back(client, alice):
    door = client.get("/accounts/password/")
    assert door.url == f"{LOG_IN}?next=/accounts/password/"
    response = client.post(door.url, {"username": "alice", "password": PASSWORD})
    assert response.url == "/accounts/password/"


def test_a_logged_in_user_is_redirected_to_the_chat(client, alice):
    client.force_login(alice)
    assert client.get(LOG_IN).url == "/"
    assert client.post(LOG_IN).url == "/"


def test_the_page_shows_the_promise(client):
    assert "Nothing is stored." in client.get(LOG_IN).content.decode()


def test_a_deactivated_user_is_logged_out_at_once(client, alice):
    client.force_login(alice)
    alice.is_active = False
    alice.save()
    assert not get_user(client).is_authenticated
