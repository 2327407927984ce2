"""The list of sessions, and how to end them."""

import json
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from accounts import sessions
from accounts.models import Session
from tests.accounts.clients import FIREFOX, browser, is_in
from tests.conftest import PASSWORD, signed_in

PAGE, END = "/accounts/devices/", "/accounts/devices/end/"
# The system, and what some browsers put around "Safari".
CHROMIUM = "Mozilla/5.0 ({}) AppleWebKit/537.36 Chrome/156.0.0.0 {}Safari/537.36{}"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 "
    "Version/26.0 Safari/604.1"
)
EDGE = CHROMIUM.format("Windows NT 10.0; Win64; x64", "", " Edg/156.0.0.0")
CHROME = CHROMIUM.format("Linux; Android 10; K", "Mobile ", "")
CHROMEBOOK = CHROMIUM.format("X11; CrOS x86_64 14541.0.0", "", "")

pytestmark = pytest.mark.django_db


def listed(client):
    """Return the listed sessions: the browser, and the name of the session."""
    place = r'(?s)<strong id="session[^>]*>([^<]*)</strong>.*?name="where"\s+value="([^"]*)"'
    return dict(re.findall(place, client.get(PAGE).content.decode()))


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (SAFARI, "Safari on iPhone"),
        (EDGE, "Edge on Windows"),
        (CHROME, "Chrome on Android"),
        (CHROMEBOOK, "Chrome on ChromeOS"),
        ("curl/8.0", sessions.UNKNOWN),
        ("", sessions.UNKNOWN),
        ("<script>Firefox/1</script> Linux", "Firefox on Linux"),
        ("x" * 100_000 + "Firefox/1", sessions.UNKNOWN),
    ],
)
def test_a_browser_is_described_in_a_few_coarse_words(agent, words):
    assert sessions.describe_browser(agent) == words


def test_every_session_is_listed_and_this_one_is_marked(alice, bob):
    here, _, _ = browser(), browser(agent=SAFARI), browser("bob", agent=EDGE)
    assert list(listed(here)) == ["Firefox on Linux", "Safari on iPhone"]
    page = " ".join(here.get(PAGE).content.decode().split())
    assert "Firefox on Linux</strong> (this browser)" in page


def test_every_session_is_listed_in_the_language_of_the_page(alice):
    here = browser()
    page = here.get(PAGE, headers={"accept-language": "ja"}).content.decode()
    assert "Linux の Firefox</strong> (このブラウザ)" in " ".join(page.split())


def test_neither_the_user_agent_nor_the_address_is_stored(alice):
    here = browser()
    kept = json.dumps([row.get_decoded() for row in Session.objects.all()])
    kept += str(Session.objects.values())
    assert "Firefox on Linux" in kept
    assert "Mozilla" not in kept
    assert "127.0.0.1" not in kept
    assert here.session.session_key not in here.get(PAGE).content.decode()


def test_one_session_is_logged_out_and_the_others_stay(alice):
    here, phone, tablet = browser(), browser(agent=SAFARI), browser(agent=EDGE)
    here.post(END, {"where": listed(here)["Safari on iPhone"]})
    assert (is_in(here), is_in(phone), is_in(tablet)) == (True, False, True)


def test_all_other_sessions_are_logged_out(alice, bob):
    here, phone, other = browser(), browser(agent=SAFARI), browser("bob")
    here.post(END, {"where": "others"})
    assert (is_in(here), is_in(phone), is_in(other)) == (True, False, True)


def test_all_sessions_are_logged_out(alice, bob):
    here, phone, other = browser(), browser(agent=SAFARI), browser("bob")
    assert here.post(END, {"where": "everywhere"}).url == "/accounts/login/"
    assert (is_in(here), is_in(phone), is_in(other)) == (False, False, True)


def test_logging_this_session_out_leads_to_the_log_in_page(alice):
    here = browser()
    assert here.post(END, {"where": listed(here)["Firefox on Linux"]}).url == "/accounts/login/"
    assert not is_in(here)


def test_users_cannot_log_out_sessions_of_others(alice, bob):
    here, other = browser(), browser("bob")
    here.post(END, {"where": listed(other)["Firefox on Linux"]})
    here.post(END, {"where": ""})
    here.post(END)
    assert (is_in(here), is_in(other)) == (True, True)


def test_logging_out_is_a_button_not_a_link(alice):
    assert browser().get(END).status_code == 405
    strict = signed_in(alice, enforce_csrf_checks=True)
    assert strict.post(END, {"where": "everywhere"}).status_code == 403


def test_a_session_is_deleted_with_its_user(alice):
    browser()
    alice.delete()
    assert Session.objects.count() == 0


def test_a_reactivated_user_has_to_log_in_again(alice):
    here = browser()
    for is_active in (False, True):
        alice.is_active = is_active
        alice.save(update_fields=["is_active"])
    assert Session.objects.count() == 0
    assert not is_in(here)


def test_a_changed_password_leaves_one_session_in_the_list(alice):
    here, _ = browser(), browser(agent=SAFARI)
    new = "another long enough password"
    here.post("/accounts/password/", {"current_password": PASSWORD, "new_password": new})
    assert list(listed(here)) == ["Firefox on Linux"]
    assert Session.objects.count() == 1


def test_invalid_sessions_are_not_listed(alice):
    here, _ = browser(), browser(agent=SAFARI)
    alice.set_password("set by the staff, this one")
    alice.save()
    assert [place.device for place in sessions.listed(alice, None)] == []
    assert not is_in(here)


def test_the_day_is_stored_once_a_day_and_nothing_else_is_written(
    alice, django_assert_num_queries, monkeypatch
):
    here = browser()
    with django_assert_num_queries(2):  # the session, the person
        here.get("/accounts/password/")
    monkeypatch.setattr(sessions, "_today", lambda: "2999-01-01")
    here.get("/accounts/password/")
    assert [str(place.seen_on) for place in sessions.listed(alice, None)] == ["2999-01-01"]
    assert sessions.listed(alice, None)[0].since == timezone.now().date()


def test_a_session_that_was_ended_meanwhile_is_not_restored(alice, monkeypatch):
    here = browser()
    original = sessions.note_the_day

    def ended_meanwhile(request):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM accounts_session")
        monkeypatch.setattr(sessions, "_today", lambda: "2999-01-01")
        original(request)

    monkeypatch.setattr(sessions, "note_the_day", ended_meanwhile)
    assert here.get("/accounts/password/").status_code == 400
    assert Session.objects.count() == 0


def test_ended_sessions_are_deleted(alice):
    here, _ = browser(), browser(agent=SAFARI)
    ended = timezone.now() - timedelta(seconds=1)
    Session.objects.exclude(pk=here.session.session_key).update(expire_date=ended)
    assert list(listed(here)) == ["Firefox on Linux"]
    call_command("forget_expired")
    assert Session.objects.count() == 1


def test_the_administration_does_not_show_session_keys(alice):
    browser()
    assert str(Session.objects.get()) == "a session"


def test_the_chat_page_links_to_the_settings_and_they_to_every_page(alice):
    here = browser()
    assert 'href="/accounts/" target="_blank"' in here.get("/").content.decode()
    page = here.get("/accounts/").content.decode()
    for place in ("password", "devices", "codes", "download", "delete"):
        assert f'href="/accounts/{place}/"' in page


def test_an_unavailable_database_gets_an_explanation(alice, monkeypatch):
    def away(self):
        raise OperationalError

    here = browser()
    monkeypatch.setattr(sessions.SessionStore, "load", away)
    answer = here.get("/")
    assert answer.status_code == 503
    assert "Back in a moment" in answer.content.decode()
