"""Signing up: accepted and refused input."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import quote_plus

import pytest
from django.contrib.auth import get_user
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client

from accounts.forms.authentication import SignUpForm
from accounts.models import User
from tests.accounts.page_reader import focused, words_beside
from tests.support.http_client import FORM

SIGN_UP = "/accounts/signup/"
GOOD = "a low voice in the hall"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mail_server(settings):
    settings.EMAIL_URL = "smtp://mail.example.org"


def sign_up(client, username="Dora", password=GOOD, **fields):
    return client.post(SIGN_UP, {"username": username, "password": password, **fields})


def test_a_new_user_is_logged_in_and_redirected_to_the_chat(client):
    response = sign_up(client)
    assert (response.status_code, response.url) == (302, "/")
    assert get_user(client) == User.objects.get(username="Dora")


def test_an_email_address_is_accepted_but_optional(client):
    sign_up(client, email="dora@Example.ORG")
    assert User.objects.get().email == "dora@example.org"


def test_no_email_address_is_requested_without_a_mail_server(client, settings):
    assert 'type="email"' in client.get(SIGN_UP).content.decode()
    settings.EMAIL_URL = ""
    assert 'type="email"' not in client.get(SIGN_UP).content.decode()
    sign_up(client, email="dora@example.org")
    assert User.objects.get().email == ""


def test_the_password_is_stored_as_argon2_with_the_configured_cost(client, settings):
    settings.PASSWORD_HASHERS = ["accounts.auth.hashers.Argon2Hasher"]
    sign_up(client)
    assert User.objects.get().password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("name", ["alice", "ALICE", "Alice", "ａｌｉｃｅ"])  # noqa: RUF001
def test_a_taken_name_in_any_spelling_is_refused(client, alice, name):
    response = sign_up(client, name)
    assert response.status_code == 422
    assert "taken" in words_beside(response, "username")
    assert User.objects.count() == 1


def test_a_look_alike_of_a_taken_name_is_refused(client, alice):
    assert "mixes scripts" in words_beside(sign_up(client, "\u0430lice"), "username")


def test_every_mistake_is_explained_beside_its_field(client):
    response = sign_up(client, "a/b", "short", email="nowhere")
    assert "only letters and digits" in words_beside(response, "username")
    assert "at least 10 characters" in words_beside(response, "password")
    assert "valid email" in words_beside(response, "email")


def test_an_empty_form_says_what_is_missing(client):
    response = client.post(SIGN_UP)
    assert response.status_code == 422
    assert "required" in words_beside(response, "username")
    assert "required" in words_beside(response, "password")
    assert words_beside(response, "email") == ""


def test_a_refused_form_keeps_everything_but_the_password(client):
    page = sign_up(client, 'a "/" b', "too short", email="nowhere").content.decode()
    assert 'value="a &quot;/&quot; b"' in page
    assert 'value="nowhere"' in page
    assert "too short" not in page.replace("password is too short", "")


def test_the_focus_is_on_the_field_to_fill_in(client):
    assert focused(client.get(SIGN_UP)) == ["username"]
    assert focused(sign_up(client, "a/b", "short")) == ["username"]
    assert focused(sign_up(client, "Dora", "short")) == ["password"]
    assert focused(sign_up(client, "Dora", GOOD, email="nowhere")) == ["email"]


def test_a_name_with_markup_is_shown_as_text(client):
    page = sign_up(client, "<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("field", ["username", "password", "email"])
@pytest.mark.parametrize(
    "encoded",
    ["%00" * 11, "%ED%A0%80aaaaaaaaaaaa", "%FF%FEaaaaaaaaaaaa", "a%40b.c%EF%BF%BDm"],
)
def test_bytes_that_are_not_text_are_refused_with_an_explanation(client, field, encoded):
    fields = {"username": "Dora", "password": quote_plus(GOOD), "email": "", field: encoded}
    body = "&".join(f"{name}={value}" for name, value in fields.items())
    response = client.generic("POST", SIGN_UP, body, content_type=FORM)
    assert response.status_code == 422
    assert words_beside(response, field)


def test_a_name_taken_during_the_sign_up_is_refused(client, monkeypatch):
    def alice_comes_first(self):
        User.objects.create_user("Alice")

    monkeypatch.setattr(User, "clean", alice_comes_first)
    response = sign_up(client, "alice")
    assert response.status_code == 422
    assert "taken" in words_beside(response, "username")
    assert not get_user(client).is_authenticated


def test_the_database_refuses_a_second_spelling(alice):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ALICE")


@pytest.fixture
def database_of_many(transactional_db, tmp_path, monkeypatch):
    """Use SQLite in a file, as on a server, because writers do not wait for one in memory."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(tmp_path / "people.sqlite3")])
        monkeypatch.setitem(connection.settings_dict, "NAME", tmp_path / "people.sqlite3")


def in_many_windows(count, visit):
    """Return the answers to `count` simultaneous requests, each in its own thread."""
    start = Barrier(count)

    def arrive(_):
        start.wait()
        try:
            return visit()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as crowd:
        return list(crowd.map(arrive, range(count)))


def test_one_of_twenty_simultaneous_sign_ups_gets_the_name(database_of_many):
    responses = in_many_windows(20, lambda: sign_up(Client()))
    assert sorted(response.status_code for response in responses) == [302, *[422] * 19]
    refused = [response for response in responses if response.status_code == 422]
    assert all("taken" in words_beside(response, "username") for response in refused)
    assert in_many_windows(1, User.objects.count) == [1]


@pytest.mark.matrix
def test_fifty_simultaneous_log_ins_succeed(database_of_many):
    in_many_windows(1, lambda: sign_up(Client()))
    fields = {"username": "dora", "password": GOOD}
    responses = in_many_windows(50, lambda: Client().post("/accounts/login/", fields))
    assert [response.status_code for response in responses] == [302] * 50


def test_a_logged_in_user_is_redirected_to_the_chat(client, alice):
    client.force_login(alice)
    assert client.get(SIGN_UP).url == "/"
    assert sign_up(client).url == "/"
    assert User.objects.count() == 1


def test_sign_up_continues_to_the_requested_page(client):
    page = client.get(SIGN_UP, {"next": "/accounts/password/?a=1&b=2"}).content.decode()
    assert '<input type="hidden" name="next" value="/accounts/password/?a=1&amp;b=2">' in page
    assert 'href="/accounts/login/?next=%2Faccounts%2Fpassword%2F%3Fa%3D1%26b%3D2"' in page
    assert sign_up(client, next="/accounts/password/?a=1&b=2").url == "/accounts/password/?a=1&b=2"


def test_the_page_shows_the_promise(client):
    assert "Reload the page and it’s gone." in client.get(SIGN_UP).content.decode()


def test_the_fields_are_labelled_for_password_managers(client):
    page = client.get(SIGN_UP).content.decode()
    assert 'autocomplete="new-password"' in page
    assert 'autocomplete="username"' in page
    assert page.count('type="password"') == 1


def test_other_methods_are_not_allowed(client):
    assert client.put(SIGN_UP).status_code == 405


def test_the_form_grants_no_permissions(client):
    sign_up(client, is_staff="on", is_superuser="on", username_key="alice")
    dora = User.objects.get()
    assert (dora.is_staff, dora.is_superuser, dora.username_key) == (False, False, "dora")
    assert list(SignUpForm().fields) == ["username", "password", "email"]
