"""Recovery with a code, or with a link from an administrator."""

import io
import re
import time
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user
from django.contrib.auth.tokens import default_token_generator
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.auth import recovery
from accounts.models import RecoveryCode, User
from tests.accounts.clients import act, browser, is_in, log_in
from tests.accounts.page_reader import words_beside
from tests.accounts.test_sign_up import database_of_many, in_many_windows  # noqa: F401 - a fixture
from tests.conftest import PASSWORD, signed_in

CODES, RECOVER = "/accounts/codes/", "/accounts/recover/"
NEW = "another long enough password"

pytestmark = pytest.mark.django_db


def recover(code, name="alice", password=NEW, client=None):
    fields = {"username": name, "code": code, "new_password": password}
    return (client or Client()).post(RECOVER, fields)


def shown(response):
    return re.findall(r"<code>([^<]+)</code>", response.content.decode())


def link_of(name="alice"):
    written = io.StringIO()
    call_command("reset_link", name, stdout=written)
    return written.getvalue().strip().removeprefix("http://localhost:8000")


def follow(link, password=NEW, client=None):
    client = client or Client()
    opened = client.get(link)
    if opened.status_code != 302:
        return opened
    return client.post(opened["Location"], {"new_password": password})


def test_ten_codes_are_shown_once_after_the_password(alice):
    here = browser()
    assert shown(here.get(CODES)) == []
    assert shown(here.post(CODES, {"current_password": "not the right one"})) == []
    codes = shown(here.post(CODES, {"current_password": PASSWORD}))
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([a-z2-7]{4}-){5}[a-z2-7]{4}", code) for code in codes)
    assert shown(here.get(CODES)) == []
    assert "You have 10 codes left" in here.get(CODES).content.decode()


def test_only_hashes_are_stored(alice):
    codes = recovery.make_codes(alice)
    kept = str(list(RecoveryCode.objects.values()))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_a_code_sets_a_new_password_and_ends_every_session(alice):
    code, phone = recovery.make_codes(alice)[3], browser()
    response = recover(code)
    assert (response.status_code, response.url) == (302, "/accounts/login/")
    assert not is_in(phone)
    assert log_in(Client()).status_code == 422
    assert log_in(Client(), password=NEW).status_code == 302


def test_a_code_works_once(alice):
    code, *others = recovery.make_codes(alice)
    assert recover(code).status_code == 302
    assert "was already used" in words_beside(recover(code), "code")
    assert recover(others[0]).status_code == 302


def test_one_of_many_simultaneous_uses_of_a_code_succeeds(database_of_many):
    def make():
        return recovery.make_codes(User.objects.create_user("alice", password=PASSWORD))[0]

    [code] = in_many_windows(1, make)
    answers = in_many_windows(10, lambda: recover(code).status_code)
    assert sorted(answers) == [302, *[422] * 9]


def test_new_codes_invalidate_the_old_ones(alice):
    old = recovery.make_codes(alice)[0]
    recovery.make_codes(alice)
    assert recover(old).status_code == 422


def wide(code):
    return code.translate({letter: letter + 0xFEE0 for letter in range(0x21, 0x7F)})


def typed_in_japanese(code):
    """A Japanese keyboard types a long vowel mark instead of a hyphen."""
    return wide(code.replace("-", "\u30fc", 1).replace("-", ""))


def without_hyphens(code):
    return code.replace("-", "")


@pytest.mark.parametrize(
    "spell", [str.upper, without_hyphens, " {} \t".format, wide, typed_in_japanese]
)
def test_a_code_can_be_typed_in_several_ways(alice, spell):
    assert recover(spell(recovery.make_codes(alice)[0])).status_code == 302


def test_a_code_works_for_its_owner_only(alice, bob):
    code = recovery.make_codes(alice)[0]
    assert recover(code, "bob").status_code == 422
    assert recover(code).status_code == 302


def test_a_refused_password_does_not_use_up_the_code(alice):
    code = recovery.make_codes(alice)[0]
    assert "at least 10" in words_beside(recover(code, password="short"), "new_password")
    assert recover(code).status_code == 302


def test_unknown_names_wrong_codes_and_inactive_users_get_the_same_answer(alice, bob):
    code = recovery.make_codes(bob)[0]
    User.objects.filter(pk=bob.pk).update(is_active=False)
    answers = [recover("aaaa-bbbb", name) for name in ("alice", "nobody-here")]
    answers.append(recover(code, "bob"))
    assert {answer.status_code for answer in answers} == {422}
    assert len({words_beside(answer, "code") for answer in answers}) == 1


@pytest.mark.parametrize("code", ["", "\x00", "é" * 50, "a" * 5_000, "\ud800"])
def test_invalid_input_gets_an_answer(alice, code):
    assert recovery.use_recovery_code(alice, code) is False
    assert recover(code.replace("\ud800", "\ufffd")).status_code == 422


def test_a_link_sets_a_new_password_and_ends_every_session(alice):
    phone = browser()
    response = follow(link_of("ALICE"))
    assert (response.status_code, response.url) == (302, "/accounts/login/")
    assert not is_in(phone)
    assert log_in(Client(), password=NEW).status_code == 302


def test_the_token_leaves_the_url_at_once(alice):
    client, link = Client(), link_of()
    opened = client.get(link)
    assert opened["Location"] == "/accounts/reset/"
    assert "alice" in client.get("/accounts/reset/").content.decode()
    assert opened["Referrer-Policy"] == "same-origin"
    assert "no-store" in opened["Cache-Control"]


def test_an_opened_link_stays_in_its_browser_for_an_hour_or_until_it_is_used(alice, monkeypatch):
    client = Client()
    client.get(link_of())
    cookie = client.cookies["sotto_8000_reset_link"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (3600, True, "Lax")
    later = time.time() + 3601
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: later)
        assert client.get("/accounts/reset/").status_code == 410
    assert client.post("/accounts/reset/", {"new_password": NEW}).status_code == 302
    assert client.cookies["sotto_8000_reset_link"].value == ""


@pytest.mark.parametrize("forged", ["MQ/x-y", "MQ/x-y:1tw:x", "é", "/" * 5_000])
def test_a_forged_link_cookie_is_refused(alice, forged):
    client = Client()
    client.cookies["sotto_8000_reset_link"] = forged
    assert client.get("/accounts/reset/").status_code == 410


def test_a_link_works_once(alice):
    link = link_of()
    assert follow(link).status_code == 302
    assert follow(link).status_code == 410


def test_a_page_opened_before_the_link_was_used_is_refused(alice):
    link, late = link_of(), Client()
    late.get(link)
    follow(link)
    assert late.get("/accounts/reset/").status_code == 410
    assert late.post("/accounts/reset/", {"new_password": "one more password"}).status_code == 410
    assert log_in(Client(), password=NEW).status_code == 302


def test_one_of_many_simultaneous_uses_of_a_link_succeeds(database_of_many):
    def make():
        return recovery.reset_link(User.objects.create_user("alice", password=PASSWORD))

    link = in_many_windows(1, make)[0].removeprefix("http://localhost:8000")
    answers = in_many_windows(8, lambda: follow(link).status_code)
    assert sorted(answers) == [302, *[410] * 7]


def test_a_link_expires_after_an_hour(alice, monkeypatch):
    link = link_of()
    later = default_token_generator._now() + timedelta(seconds=3601)
    monkeypatch.setattr(default_token_generator, "_now", lambda: later)
    assert follow(link).status_code == 410


def test_the_lifetime_of_a_link_follows_its_setting(settings):
    assert settings.PASSWORD_RESET_TIMEOUT == 3600


def test_a_link_ends_if_its_user_logs_in(alice):
    link = link_of()
    browser()
    assert follow(link).status_code == 410


@pytest.mark.parametrize(
    "link", ["x/y", "MQ/x-y", "é/ü", "AAAA/AAAA", "MTAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA/a-b"]
)
def test_a_made_up_link_is_refused_with_an_explanation(alice, link):
    response = Client().get(f"/accounts/reset/{link}/")
    assert response.status_code == 410
    assert "doesn’t work" in response.content.decode()


def test_the_page_without_a_link_offers_no_form(alice):
    assert Client().get("/accounts/reset/").status_code == 410
    assert Client().post("/accounts/reset/", {"new_password": NEW}).status_code == 410


def test_a_weak_password_is_refused_and_the_link_stays_valid(alice):
    client, link = Client(), link_of()
    assert "too common" in words_beside(follow(link, "1234567890", client), "new_password")
    assert follow(link, client=client).status_code == 302


def test_a_link_works_in_the_browser_of_a_logged_in_user(alice, bob):
    here, link = browser("bob"), link_of()
    assert follow(link, client=here).status_code == 302
    assert not is_in(here)
    assert get_user(browser("bob")) == bob


def test_the_command_reports_an_unknown_name(alice):
    with pytest.raises(CommandError, match="no user with this name"):
        link_of("nobody-here")
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="deactivated"):
        link_of()


def links_in(page):
    return re.findall(r"http://localhost:8000(/accounts/reset/[^<\s]+)", page)


def test_an_administrator_creates_a_link(alice, staff):
    page = act(staff, "make_reset_links", alice)
    assert 'For <bdi translate="no">alice</bdi>' in page
    [link] = links_in(page)
    assert follow(link).status_code == 302
    entry = LogEntry.objects.get(object_id=str(alice.pk))
    assert entry.change_message == "Created a password reset link."


def test_many_opened_links_fill_neither_the_cookie_nor_the_database(staff):
    people = [User.objects.create_user(f"person{number}") for number in range(60)]
    fields = {"action": "make_reset_links", "_selected_action": [person.pk for person in people]}
    answer = staff.post("/admin/accounts/user/", fields)
    assert answer.content.decode().count("/accounts/reset/") == 60
    assert "no-store" in answer["Cache-Control"]
    assert "reset" not in str(dict(staff.session.items()))
    assert "sotto_8000_messages" not in staff.cookies


def test_staff_cannot_take_over_an_account_with_more_permissions(alice, bob, root):
    from django.contrib.auth.models import Permission

    User.objects.filter(pk=alice.pk).update(is_staff=True)
    permissions = Permission.objects.filter(codename__in=["change_user", "view_user"])
    alice.user_permissions.set(permissions)
    page = act(signed_in(alice), "make_reset_links", bob, root)
    assert len(links_in(page)) == 1
    assert 'For <bdi translate="no">bob</bdi>' in page
    assert "Staff were skipped" in page


def test_an_unknown_name_takes_as_many_queries_as_a_known_one(alice, bob):
    bob.is_active = False
    bob.save()
    spent = []
    for name in ("alice", "nobody-here", "bob"):
        with CaptureQueriesContext(connection) as asked:
            assert recover("not-a-code", name).status_code == 422
        spent.append([query["sql"].split()[0] for query in asked])
    assert spent[0] == spent[1] == spent[2]
    assert len(spent[0]) > 1
