"""The passkey pages: ownership, confirmation, and single use of challenges."""

import time

import pytest
from django.conf import settings
from django.contrib.auth import get_user
from django.core.cache import cache
from django.test import Client

from accounts.auth import current_user, throttling, webauthn_challenges
from accounts.models import User
from accounts.models.credentials import Passkey
from accounts.models.session import HOUR
from tests.accounts.authenticator import Device
from tests.accounts.clients import browser
from tests.accounts.page_reader import words_beside
from tests.accounts.test_passkeys import added
from tests.conftest import PASSWORD

LIST = "/accounts/passkeys/"
ADD, ADD_OPTIONS = f"{LIST}add/", f"{LIST}add/options/"
LOG_IN, LOG_IN_OPTIONS = "/accounts/login/passkey/", "/accounts/login/passkey/options/"
CONFIRM = "/accounts/confirm/"

pytestmark = pytest.mark.django_db


def later(client, seconds):
    """Return the client this many seconds after the password was entered."""
    session = client.session
    session[current_user.CONFIRMED_AT] -= seconds
    session.save()
    return client


@pytest.fixture
def client(alice):
    return browser()


@pytest.fixture
def device(alice):
    return added(alice)


def add(client, device, name="My telephone"):
    options = client.post(ADD_OPTIONS).content.decode()
    return client.post(ADD, {"name": name, "answer": device.makes(options)})


def asked(client):
    response = client.post(LOG_IN_OPTIONS)
    assert response["Content-Type"] == "application/json"
    return response.content.decode()


def show(client, answer, **fields):
    return client.post(LOG_IN, {"answer": answer, **fields})


def notices(client, url=LIST):
    page = client.get(url).content.decode()
    return page.partition('<p class="notice" role="status">')[2].partition("</p>")[0]


def test_a_passkey_is_added_named_and_removed(client, alice):
    assert add(client, Device()).url == LIST
    assert "“My telephone” added" in notices(client)
    passkey = alice.passkeys.get()
    assert client.post(f"{LIST}{passkey.pk}/", {"name": "The blue one"}).url == LIST
    assert "The blue one" in client.get(LIST).content.decode()
    assert "removed." not in client.get(f"{LIST}{passkey.pk}/remove/").content.decode()
    assert client.post(f"{LIST}{passkey.pk}/remove/").url == LIST
    assert "“The blue one” removed" in notices(client)
    assert not alice.passkeys.exists()


def test_a_removed_passkey_does_not_log_in(client, alice, device):
    client.post(f"{LIST}{alice.passkeys.get().pk}/remove/")
    stranger = Client()
    assert show(stranger, device.signs(asked(stranger))).url.startswith("/accounts/login/")
    assert not get_user(stranger).is_authenticated


def test_a_passkey_logs_its_owner_in_without_a_name(alice, device):
    client = Client()
    response = show(client, device.signs(asked(client)), next="/accounts/password/?a=1")
    assert (response.status_code, response.url) == (302, "/accounts/password/?a=1")
    assert get_user(client) == alice


def test_a_passkey_log_in_takes_the_same_steps_as_any_other(alice, device):
    client = Client()
    options = asked(client)
    before = client.session.session_key
    show(client, device.signs(options))
    assert client.session.session_key != before
    assert alice.last_login is None
    alice.refresh_from_db()
    assert alice.last_login is not None  # `user_logged_in` was sent


def test_a_passkey_log_in_never_redirects_to_another_site(device):
    client = Client()
    assert show(client, device.signs(asked(client)), next="//evil.example/").url == "/"


def test_a_response_works_once(device):
    client = Client()
    answer = device.signs(asked(client))
    show(client, answer)
    client.logout()
    assert show(client, answer).url == "/accounts/login/?next="
    assert "has expired or was already used" in notices(client, "/accounts/login/")


def test_a_response_works_once_even_if_the_session_is_restored(device):
    client = Client()
    answer = device.signs(asked(client))
    waiting = client.session[webauthn_challenges.CHALLENGES_KEY]
    show(client, answer)
    client.logout()
    Passkey.objects.update(sign_count=0)
    session = client.session
    session[webauthn_challenges.CHALLENGES_KEY] = waiting
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    show(client, answer)
    assert not get_user(client).is_authenticated


def test_a_response_works_only_in_the_browser_that_requested_it(device):
    answer = device.signs(asked(Client()))
    stranger = Client()
    asked(stranger)
    show(stranger, answer)
    assert not get_user(stranger).is_authenticated


def test_a_refused_response_is_used_up_as_well():
    client = Client()
    answer = Device(handle=b"nobody").signs(asked(client))
    for words in ("isn’t accepted here", "has expired or was already used"):
        show(client, answer)
        assert words in notices(client, "/accounts/login/")
        cache.clear()


@pytest.mark.parametrize(("seconds", "gets_in"), [(299, True), (301, False)])
def test_a_response_works_for_five_minutes(device, seconds, gets_in):
    client = Client()
    answer = device.signs(asked(client))
    session, key = client.session, webauthn_challenges.CHALLENGES_KEY
    session[key] = {challenge: at - seconds for challenge, at in session[key].items()}
    session.save()
    show(client, answer)
    assert get_user(client).is_authenticated == gets_in


def test_several_pages_of_one_browser_can_request_challenges(alice, device):
    client = Client()
    first = asked(client)
    for _ in range(webauthn_challenges.MAX_CHALLENGES - 1):
        asked(client)
    show(client, device.signs(first))
    assert get_user(client) == alice


def test_a_logged_in_user_is_sent_to_the_chat_and_keeps_the_session(client, device):
    """Otherwise, its windows would be in a group that is never told of the log-out."""
    before = client.session["windows"]
    assert show(client, device.signs(asked(client))).url == "/"
    assert client.session["windows"] == before


def test_many_pages_do_not_grow_the_session_without_limit(client):
    for _ in range(10):
        asked(client)
    stored = client.session[webauthn_challenges.CHALLENGES_KEY]
    assert len(stored) == webauthn_challenges.MAX_CHALLENGES


@pytest.mark.parametrize("answer", ["", "null", "{", "[" * 9_000, "x" * 20_000])
def test_invalid_input_gets_an_explanation(answer):
    client = Client()
    assert show(client, answer).status_code == 302
    assert "Please try again" in notices(client, "/accounts/login/")


def test_an_invalid_passkey_is_not_added(client, alice):
    response = client.post(ADD, {"name": "My telephone", "answer": "nonsense"})
    assert response.status_code == 422
    notice = '<p class="notice notice--wrong" role="alert">This request has expired'
    assert notice in response.content.decode()
    assert not alice.passkeys.exists()


BAD_NAMES = {"": "required", "\u200b\u2800": "required", "x" * 61: "60 characters", "a\0b": "Null"}


@pytest.mark.parametrize(("name", "reason"), BAD_NAMES.items())
def test_an_invalid_passkey_name_is_refused_with_an_explanation(
    client, device, alice, name, reason
):
    for url in (ADD, f"{LIST}{alice.passkeys.get().pk}/"):
        response = client.post(url, {"name": name, "answer": "{}"})
        assert response.status_code == 422
        assert reason in words_beside(response, "name")


def test_a_name_with_markup_is_shown_as_text(client):
    add(client, Device(), "<script>alert(1)</script>")
    page = client.get(LIST).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_users_cannot_reach_passkeys_of_others(device, alice, bob):
    client, pk = browser("bob"), alice.passkeys.get().pk
    for url in (f"{LIST}{pk}/", f"{LIST}{pk}/remove/"):
        assert client.get(url).status_code == 404
        assert client.post(url, {"name": "mine"}).status_code == 404
    assert "My telephone" not in client.get(LIST).content.decode()
    assert alice.passkeys.get().name == "My telephone"


@pytest.mark.parametrize("page", [ADD, f"{LIST}1/remove/"])
def test_changing_credentials_requires_a_recent_confirmation(client, alice, device, page):
    page = page.replace("1", str(alice.passkeys.get().pk))
    assert client.get(page).status_code == 200
    later(client, 301)
    for response in (client.get(page), client.post(page), client.post(ADD_OPTIONS)):
        assert response.url.startswith(f"{CONFIRM}?next=%2Faccounts%2Fpasskeys%2F")
    assert alice.passkeys.count() == 1
    confirm = client.get(page).url
    assert client.post(confirm, {"current_password": "not the right one"}).status_code == 422
    assert client.post(confirm, {"current_password": PASSWORD}).url == page
    assert client.get(page).status_code == 200


def test_a_passkey_confirms_as_well_as_a_password(device):
    client = Client()
    show(client, device.signs(asked(client)))
    assert client.get(ADD).status_code == 200


def test_the_confirmation_page_limits_guesses(client, stopped_clock):
    later(client, 1_000)
    for _ in range(10):
        answer = client.post(CONFIRM, {"current_password": "a guess"})
        assert "Incorrect password" in words_beside(answer, "current_password")
    answer = client.post(CONFIRM, {"current_password": PASSWORD})
    assert answer.status_code == 429
    assert "Try again in 15 minutes." in answer.content.decode()
    assert client.get(ADD).url.startswith(CONFIRM)


def test_challenges_for_one_address_are_limited(device, monkeypatch):
    monkeypatch.setattr(throttling, "PASSKEY_ADDRESS", throttling.PASSKEY_ADDRESS._replace(most=3))
    client = Client()
    answer = device.signs(asked(client))
    assert [client.post(LOG_IN_OPTIONS).status_code for _ in range(3)] == [200, 200, 429]
    assert show(client, answer).url.startswith("/accounts/login/")
    assert "Too many attempts. Try again in" in notices(client, "/accounts/login/")
    assert not get_user(client).is_authenticated
    assert Client().post(LOG_IN_OPTIONS, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_the_session_of_an_anonymous_visitor_lasts_an_hour(alice, device):
    client = Client()
    options = asked(client)
    assert client.session.get_expiry_age() == HOUR
    show(client, device.signs(options))
    assert client.session.get_expiry_age() > 24 * 3600


def test_a_confirmation_time_in_the_future_is_ignored(client):
    assert later(client, -3_600).get(ADD).url.startswith(CONFIRM)


def test_the_only_credential_cannot_be_removed(alice, device):
    client = logged_in_without_password(alice, device)
    page = f"{LIST}{alice.passkeys.get().pk}/remove/"
    assert "your only way to log in" in client.get(page).content.decode()
    assert "your only way to log in" in client.post(page).content.decode()
    added(alice, name="Another")
    client.post(page)
    assert alice.passkeys.get().name == "Another"


def logged_in_without_password(alice, device):
    alice.set_unusable_password()
    alice.save()
    client = Client()
    show(client, device.signs(asked(client)))
    return client


@pytest.fixture
def without_password(alice, device):
    """Return the client of Alice, who has no password, long after a log-in with her passkey."""
    return later(logged_in_without_password(alice, device), 1_000)


CONFIRMED = ["/accounts/delete/", CONFIRM, "/accounts/codes/", "/accounts/password/"]


@pytest.mark.parametrize("page", CONFIRMED)
def test_a_user_without_a_password_confirms_with_a_passkey(without_password, page):
    shown = without_password.get(page).content.decode()
    assert 'data-ceremony="get"' in shown
    assert "data-offered" not in shown  # autofill could delete the account by accident
    assert "current-password" not in shown


@pytest.mark.parametrize("page", CONFIRMED)
def test_a_passkey_of_another_user_or_a_repeated_response_does_not_confirm(
    without_password, alice, bob, device, page
):
    stranger = Client()
    for answer, words in [
        ("", "has expired or was already used"),
        (device.signs(asked(stranger)), "has expired or was already used"),
        (Device(handle=b"nobody").signs(asked(without_password)), "isn’t accepted here"),
        (added(bob).signs(asked(without_password)), "belongs to another account"),
    ]:
        response = without_password.post(page, {"answer": answer, "new_password": PASSWORD + "2"})
        assert response.status_code == 422
        assert words in response.content.decode()
        cache.clear()
    alice.refresh_from_db()
    assert not alice.has_usable_password()
    assert not alice.recovery_codes.exists()
    assert without_password.get(ADD).url.startswith(CONFIRM)


def confirm(client, device, page, **fields):
    return client.post(page, {"answer": device.signs(asked(client)), **fields})


def test_a_passkey_deletes_an_account_without_a_password(without_password, device):
    assert confirm(without_password, device, "/accounts/delete/").url == "/accounts/login/"
    assert not User.objects.filter(username="alice").exists()
    assert not get_user(without_password).is_authenticated


def test_a_passkey_opens_pages_that_require_a_confirmation(without_password, device):
    assert confirm(without_password, device, f"{CONFIRM}?next={ADD}").url == ADD
    assert without_password.get(ADD).status_code == 200
    assert confirm(without_password, device, "/accounts/codes/").content.count(b"<li><code>") == 10


def test_a_passkey_lets_its_owner_choose_a_first_password(without_password, alice, device):
    page = "/accounts/password/"
    assert confirm(without_password, device, page, new_password="short").status_code == 422
    assert confirm(without_password, device, page, new_password=PASSWORD).url == page
    assert browser()


def test_a_passkey_does_not_replace_the_current_password(client, alice, device):
    assert confirm(client, device, "/accounts/delete/").status_code == 422
    assert User.objects.filter(pk=alice.pk).exists()


def test_the_pages_say_that_they_need_javascript(client):
    for page in (client.get(ADD), Client().get("/accounts/login/")):
        assert "Passkeys need JavaScript" in page.content.decode()


def test_the_name_field_offers_passkeys():
    assert 'autocomplete="username webauthn"' in Client().get("/accounts/login/").content.decode()


def test_the_confirmation_time_follows_the_clock(client):
    assert abs(client.session[current_user.CONFIRMED_AT] - time.time()) < 60
    assert webauthn_challenges.LIFETIME == current_user.CONFIRMED_FOR == 300
