"""Logging in with a password and a code, on two pages."""

import io
import re
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client

from accounts.auth import recovery, second_factor, totp
from accounts.models import User
from accounts.models.credentials import SecondFactor
from accounts.views import login_flow
from tests.accounts.clients import act, browser
from tests.accounts.page_reader import found, words_beside
from tests.accounts.test_passkey_pages import CONFIRM, asked, later, show
from tests.accounts.test_passkeys import added
from tests.conftest import PASSWORD, signed_in

LOG_IN, CODE = "/accounts/login/", "/accounts/login/code/"
FACTOR = "/accounts/second-factor/"
ON, OFF = f"{FACTOR}on/", f"{FACTOR}off/"
SECRET = b"a secret of 20 bytes"

pytestmark = pytest.mark.django_db


@pytest.fixture
def dora(alice):
    """Return Alice, who turned codes on some time ago."""
    assert second_factor.turn_on(alice, SECRET, shown())
    SecondFactor.objects.update(last_step=0)
    return alice


@pytest.fixture
def password_entered(client, dora):
    """Return a client that has entered her password only."""
    assert password(client).url == CODE
    return client


def shown(steps_from_now=0, secret=SECRET):
    return totp.code(secret, totp.current_step() + steps_from_now)


def password(client, password=PASSWORD, **fields):
    return client.post(LOG_IN, {"username": "alice", "password": password, **fields})


def code(client, typed=None):
    return client.post(CODE, {"code": typed or shown()})


def is_in(client):
    return get_user(client).is_authenticated


def test_the_password_and_the_code_log_in(client, dora):
    answer = password(client, next="/accounts/password/?a=1")
    assert answer.url == f"{CODE}?next=%2Faccounts%2Fpassword%2F%3Fa%3D1"
    assert not is_in(client)
    onward = found(r'name="next" value="([^"]*)"', client.get(answer.url).content.decode())
    assert client.post(CODE, {"code": shown(), "next": onward}).url == "/accounts/password/?a=1"
    assert get_user(client) == dora
    assert login_flow.PENDING_LOGIN not in client.session


DIGITS = {
    "wide": "".join(map(chr, range(0xFF10, 0xFF1A))),
    "Arabic": "٠١٢٣٤٥٦٧٨٩",
    "Persian": "۰۱۲۳۴۵۶۷۸۹",
    "Hindi": "०१२३४५६७८९",
}
IN_DIGITS = pytest.mark.parametrize("digits", DIGITS.values(), ids=DIGITS)


def in_digits(digits, code):
    return code.translate(str.maketrans("0123456789", digits))


@IN_DIGITS
def test_a_code_can_be_typed_in_digits_of_any_script(password_entered, dora, digits):
    typed = in_digits(digits, shown())
    assert code(password_entered, f" {typed[:3]}\u3000{typed[3:]}").url == "/"
    assert get_user(password_entered) == dora


@IN_DIGITS
def test_the_first_code_can_be_typed_in_digits_of_any_script(alice, digits):
    assert second_factor.turn_on(alice, SECRET, in_digits(digits, shown()))


def test_a_wrong_code_in_other_digits_is_still_wrong(password_entered):
    wrong = f"{(int(shown()) + 1) % 1_000_000:06}"
    assert code(password_entered, in_digits(DIGITS["Arabic"], wrong)).status_code == 422
    assert not is_in(password_entered)


def test_after_the_password_alone_the_user_is_anonymous(password_entered):
    for page in ("/", "/accounts/password/", FACTOR, ON, OFF, CONFIRM, "/accounts/passkeys/"):
        assert password_entered.get(page).url.startswith(LOG_IN)


def test_the_session_gets_a_new_key_at_both_steps(client, dora):
    planted = client.session
    planted["from"] = "a stranger"
    planted.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    password(client)
    between = client.session.session_key
    code(client)
    assert len({planted.session_key, between, client.session.session_key}) == 3
    for key in (planted.session_key, between):
        stranger = Client()
        stranger.cookies[settings.SESSION_COOKIE_NAME] = key
        assert stranger.get(CODE)["Location"] == LOG_IN


def test_a_wrong_code_is_reported(password_entered):
    response = code(password_entered, shown(-20))
    assert response.status_code == 422
    assert "incorrect or was already used" in words_beside(response, "code")
    assert not is_in(password_entered)
    assert code(password_entered).url == "/"


def test_a_code_works_once(password_entered):
    typed = shown()
    code(password_entered, typed)
    thief = Client()
    password(thief)
    assert "incorrect or was already used" in words_beside(code(thief, typed), "code")
    assert not is_in(thief)


@pytest.mark.parametrize("typed", ["\x00", "x" * 100, "\ufffd", " "])
def test_no_code_breaks_the_page(password_entered, typed):
    response = code(password_entered, typed)
    assert response.status_code == 422
    assert words_beside(response, "code")


def test_an_unreadable_secret_lets_no_code_in(client, dora):
    """The state after a change of SECRET_KEY. The empty secret must not be usable either."""
    SecondFactor.objects.update(sealed_secret=b"x" * 40)
    password(client)
    for secret in (SECRET, bytes(20), b"x" * 20):
        assert code(client, shown(secret=secret)).status_code == 422
    assert not is_in(client)


def test_guesses_are_limited_with_an_explanation(password_entered, stopped_clock):
    assert [code(password_entered, shown(-20)).status_code for _ in range(5)] == [422] * 5
    again = Client()
    password(again)
    for client in (password_entered, again):
        answer = code(client)
        assert answer.status_code == 429
        words = "Too many attempts, so this one wasn’t checked. Try again in 10 minutes."
        assert words in answer.content.decode()
        assert not is_in(client)


def test_a_right_code_is_not_counted(password_entered, dora, stopped_clock):
    for recovery_code in recovery.make_codes(dora):
        assert code(password_entered, recovery_code).url == "/"
        password_entered.post("/accounts/logout/")
        password(password_entered)


def test_a_recovery_code_replaces_the_app(password_entered, dora):
    recovery_code = recovery.make_codes(dora)[0]
    assert "or a recovery code" in password_entered.get(CODE).content.decode()
    assert code(password_entered, recovery_code).url == "/"
    assert get_user(password_entered) == dora


def test_the_password_is_needed_to_learn_whether_a_user_has_a_second_factor(client, dora, bob):
    def answer(name):
        response = client.post(LOG_IN, {"username": name, "password": "not the right one"})
        page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())
        return response.status_code, page.replace(f'value="{name}"', "")

    assert answer("alice") == answer("bob") == answer("nobody-here")
    assert client.get(CODE).url == LOG_IN


def test_the_password_alone_suffices_without_a_second_factor(client, bob):
    assert client.post(LOG_IN, {"username": "bob", "password": PASSWORD}).url == "/"
    assert get_user(client) == bob


def test_the_second_step_must_follow_within_five_minutes(password_entered):
    session = password_entered.session
    user, hash_, since = session[login_flow.PENDING_LOGIN]
    session[login_flow.PENDING_LOGIN] = [user, hash_, since - 301]
    session.save()
    assert code(password_entered).url == LOG_IN
    assert not is_in(password_entered)
    assert "That took too long" in password_entered.get(LOG_IN).content.decode()


def test_the_session_between_the_steps_lasts_an_hour_at_most(password_entered):
    assert password_entered.session.get_expiry_age() <= 3600
    code(password_entered)
    assert password_entered.session.get_expiry_age() > 3600


def test_a_changed_password_ends_the_second_step(password_entered, dora):
    dora.set_password("an even lower voice")
    dora.save()
    assert code(password_entered).url == LOG_IN


def test_a_deactivation_ends_the_second_step(password_entered, dora):
    dora.is_active = False
    dora.save()
    assert code(password_entered).url == LOG_IN
    assert not is_in(password_entered)


def test_a_logged_in_user_is_redirected_to_the_chat(client, bob):
    client.force_login(bob)
    assert client.get(CODE).url == "/"


def test_a_passkey_needs_no_code(client, dora):
    device = added(dora)
    show(client, device.signs(asked(client)))
    assert get_user(client) == dora


def test_the_log_in_of_the_administration_requires_the_code_too(client, dora):
    dora.is_staff = dora.is_superuser = True
    dora.save()
    fields = {"username": "alice", "password": PASSWORD}
    assert client.post("/admin/login/", fields).status_code == 404
    assert password(client, next="/admin/").url == f"{CODE}?next=%2Fadmin%2F"
    assert client.get("/admin/").status_code == 404
    code(client)
    assert client.get("/admin/").status_code == 200


def secret_on(page):
    return totp.base64.b32decode(found(r"<code>([A-Z2-7 ]+)</code>", page).replace(" ", ""))


def test_codes_are_turned_on_and_off(alice):
    client = browser()
    assert "Turn on" in client.get(FACTOR).content.decode()
    secret = secret_on(client.get(ON).content.decode())
    assert client.post(ON, {"code": shown(secret=secret)}).url == FACTOR
    assert "Two-step verification is now on" in client.get(FACTOR).content.decode()
    phone = Client()
    assert password(phone).url == CODE
    assert code(phone, shown(+1, secret)).url == "/"
    assert client.get(OFF).status_code == 200
    assert second_factor.is_on(alice)
    assert client.post(OFF).url == FACTOR
    assert password(Client()).url == "/"


def test_a_wrong_first_code_keeps_the_secret_that_the_app_has_scanned(alice):
    client = browser()
    secret = secret_on(client.get(ON).content.decode())
    response = client.post(ON, {"code": shown(-20, secret)})
    assert "Incorrect code" in words_beside(response, "code")
    for page in (response, client.get(ON)):
        assert secret_on(page.content.decode()) == secret
    assert not second_factor.is_on(alice)


def test_another_app_replaces_the_first(alice):
    client = browser()
    first = secret_on(client.get(ON).content.decode())
    client.post(ON, {"code": shown(secret=first)})
    second = secret_on(client.get(ON).content.decode())
    assert second != first
    client.post(ON, {"code": shown(secret=second)})
    assert not second_factor.use_code(alice, shown(+1, first))
    assert second_factor.use_code(alice, shown(+1, second))


def test_the_pending_secret_is_encrypted_in_the_session(alice):
    client = browser()
    letters = found(r"<code>([A-Z2-7 ]+)</code>", client.get(ON).content.decode()).replace(" ", "")
    kept = str(dict(client.session))
    assert letters not in kept
    assert totp.base64.b32decode(letters).hex() not in kept


@pytest.mark.parametrize("page", [ON, OFF])
def test_turning_codes_on_and_off_requires_a_confirmation(dora, client, page):
    password(client)
    code(client)
    later(client, 301)
    for response in (client.get(page), client.post(page, {"code": shown(+1)})):
        assert response.url == f"{CONFIRM}?next={quote(page, safe='')}"
    assert second_factor.is_on(dora)


def test_phones_autofill_the_code(password_entered):
    assert 'autocomplete="one-time-code"' in password_entered.get(CODE).content.decode()


def test_the_code_page_never_redirects_to_another_site(password_entered):
    fields = {"code": shown(), "next": "//evil.example/"}
    assert password_entered.post(f"{CODE}?next=/people/", fields).url == "/"


def test_an_administrator_helps_a_user_who_lost_app_and_recovery_codes(dora, bob, staff):
    page = act(staff, "turn_off_second_factor", dora, bob)
    assert "Two-step verification is now off for alice" in page
    assert "of bob" not in page
    assert not second_factor.is_on(dora)
    entry = LogEntry.objects.get(object_id=str(dora.pk))
    assert "Turned off two-step verification" in entry.change_message


def test_staff_cannot_do_so_for_users_with_more_permissions(dora, bob):
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    bob.user_permissions.add(*Permission.objects.filter(codename__in=["change_user", "view_user"]))
    User.objects.filter(pk=dora.pk).update(is_staff=True)
    page = act(signed_in(bob), "turn_off_second_factor", dora)
    assert "Staff were skipped" in page
    assert second_factor.is_on(dora)


def test_the_reset_link_command_can_turn_off_codes(dora):
    call_command("reset_link", "alice", stdout=io.StringIO())
    assert second_factor.is_on(dora)
    call_command("reset_link", "alice", "--no-codes", stdout=io.StringIO())
    assert not second_factor.is_on(dora)
