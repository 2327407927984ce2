"""Rules for passwords (ASVS 5.0, section 6.2), and changing one's own."""

from unittest import mock

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.base_user import AbstractBaseUser
from django.test import Client

from accounts.auth.hashers import Argon2Hasher
from tests.accounts.page_reader import focused, words_beside
from tests.conftest import PASSWORD, signed_in

CHANGE = "/accounts/password/"
NEW = "an even lower voice"

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(alice):
    return signed_in(alice)


@pytest.fixture
def hashing():
    """Count how often a password is hashed."""

    def counted(name):
        real = getattr(Argon2Hasher, name)
        return mock.patch.object(Argon2Hasher, name, autospec=True, side_effect=real)

    with counted("encode") as encode, counted("verify") as verify:
        yield encode, verify


def change(client, new=NEW, current=PASSWORD):
    return client.post(CHANGE, {"current_password": current, "new_password": new})


@pytest.mark.parametrize(
    "password",
    [
        *("ten chars!", "lowercaseonly", "9173640285", "äöü€漢字😀 ok", "  spaces  around  "),
        *("x" * 5 + "y" * 123, "y z" * 341),
    ],
)
def test_any_long_password_is_accepted(client, alice, password):
    assert change(client, password).status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(password)
    assert not alice.check_password(password.strip() + "x")
    assert alice.check_password(password.strip()) == (password == password.strip())


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("nine char", "at least 10 characters"),
        ("password123", "too common"),
        ("1234567890", "too common"),
        ("x y" * 341 + "zz", "at most 1024 characters"),
        ("with a NUL \x00", "Null characters"),
        ("broken here: \ufffd", "aren’t valid"),
        ("", "required"),
    ],
)
def test_a_weak_or_malformed_password_is_refused_with_an_explanation(
    client, alice, password, reason
):
    response = change(client, password)
    assert response.status_code == 422
    assert reason in words_beside(response, "new_password")
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


# "é" in one character or in two, and a ligature, wide letters and a wide space in place of plain
# ones.
COMPOSED, DECOMPOSED = "a caf\u00e9 of five rooms", "a cafe\u0301\u3000of \ufb01ve \uff52ooms"
SPELLINGS = pytest.mark.parametrize(
    ("first", "then"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)]
)


def log_in(username, password):
    browser = Client()
    browser.post("/accounts/login/", {"username": username, "password": password})
    return get_user(browser).is_authenticated


def sign_up(username, password, **fields):
    fields |= {"username": username, "password": password}
    return Client().post("/accounts/signup/", fields)


@SPELLINGS
def test_one_password_works_from_every_operating_system(client, first, then):
    assert sign_up("Dora", first).status_code == 302
    assert log_in("Dora", then)
    assert log_in("Dora", first)
    assert change(client, first).status_code == 302
    assert log_in("alice", then)
    assert change(client, NEW, current=then).status_code == 302


@pytest.fixture
def hashed_as_typed(alice):
    """Give Alice a password that was hashed before passwords were normalised."""
    AbstractBaseUser.set_password(alice, DECOMPOSED)
    alice.save()
    return alice


def test_a_password_set_before_normalisation_still_works(client, hashed_as_typed):
    client.force_login(hashed_as_typed)
    response = change(client, "short", DECOMPOSED)
    assert response.status_code == 422
    assert "Incorrect password" not in words_beside(response, "current_password")
    assert not log_in("alice", COMPOSED)
    assert log_in("alice", DECOMPOSED)


def test_logging_in_with_an_old_hash_ends_no_other_session(client, hashed_as_typed):
    client.force_login(hashed_as_typed)
    assert log_in("alice", DECOMPOSED)
    assert get_user(client) == hashed_as_typed


def test_a_changed_password_works_in_every_spelling(client, hashed_as_typed):
    client.force_login(hashed_as_typed)
    assert change(client, DECOMPOSED, DECOMPOSED).status_code == 302
    assert log_in("alice", COMPOSED)
    assert log_in("alice", DECOMPOSED)


def test_another_spelling_does_not_make_a_weak_password_stronger(client):
    assert "too common" in words_beside(change(client, "\uff50\uff41ssword123"), "new_password")
    response = sign_up("Theodora", "\uff34heodora99")
    assert "too similar" in words_beside(response, "password")


@pytest.mark.parametrize("username", ["alice", "nobody-of-that-name"])
def test_the_number_of_hashes_does_not_reveal_a_name(alice, hashing, username):
    assert not log_in(username, DECOMPOSED)
    assert sum(counted.call_count for counted in hashing) == 2


def test_the_same_rules_apply_at_sign_up():
    assert "too similar" in words_beside(sign_up("Theodora", "theodora99"), "password")


def test_a_password_like_the_address_is_refused_at_sign_up(settings):
    settings.EMAIL_URL = "smtp://mail.example.org"
    response = sign_up("Dora", "lighthouse7", email="lighthouse@example.org")
    assert "too similar" in words_beside(response, "password")


def test_the_current_password_must_be_right(client, alice):
    response = change(client, current="not the right password")
    assert response.status_code == 422
    assert "Incorrect password" in words_beside(response, "current_password")
    assert focused(response) == ["current_password"]
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_no_password_is_repeated_in_the_page(client):
    page = change(client, "too short", "not the right one").content.decode()
    assert 'value="too short"' not in page
    assert "not the right one" not in page


def test_a_change_keeps_this_session_and_ends_the_others(client, alice):
    phone = signed_in(alice)
    before = client.session.session_key
    assert change(client).url == CHANGE
    assert get_user(client) == alice
    assert client.session.session_key != before
    assert not get_user(phone).is_authenticated


def test_a_change_is_confirmed_once(client):
    change(client)
    notice = '<p class="notice" role="status">Your password was changed.'
    assert notice in client.get(CHANGE).content.decode()
    assert "was changed" not in client.get(CHANGE).content.decode()


def test_the_fields_are_labelled_for_password_managers(client):
    page = client.get(CHANGE).content.decode()
    assert 'autocomplete="current-password"' in page
    assert 'autocomplete="new-password"' in page
    assert "15 or more are better" in page
