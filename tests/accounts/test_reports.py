"""Reports are encrypted, deleted after 30 days, and readable only by staff, who are recorded."""

import json
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts import personal_data
from accounts.models import Report, User
from accounts.models.report import _encrypt
from tests.accounts.clients import browser
from tests.conftest import signed_in

LIST = "/admin/accounts/report/"
CANARY = "a-heron-stood-in-the-canal"

pytestmark = pytest.mark.django_db


def content(alice, bob, text=CANARY):
    said = {"id": "x", "sender": "bob", "is_reporters": False, "text": text}
    said["posted_at"] = "2026-11-23T12:00:00+00:00"
    return {
        "reporter": [alice.pk, "alice"],
        "reported": [bob.pk, "bob"],
        "reason": f"Spam, {CANARY}",
        "note": f"noted {CANARY}",
        "messages": [said | {"is_verified": True}, said | {"is_verified": False}],
    }


@pytest.fixture
def report(alice, bob):
    return alice.reports_made.file(bob.pk, content(alice, bob))


def page(report):
    return f"{LIST}{report.pk}/change/"


def opened(report):
    report.refresh_from_db()
    return report.content()


def backdate(report, days):
    """Date a report back by this many days, and encrypt it for that day."""
    day = timezone.now().date() - timedelta(days=days)
    sealed = _encrypt(report.content(), report.pk, day)
    Report.objects.filter(pk=report.pk).update(day=day, sealed=sealed)


# Encryption


def test_only_names_day_and_number_are_stored_unencrypted(report, alice, bob):
    assert (report.reporter, report.reported, report.day) == (alice, bob, timezone.now().date())
    assert (report.messages, report.verified, report.is_handled) == (2, 1, False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_report")
        columns = cursor.fetchone()
    are_bytes = (memoryview, bytes)
    row = b" ".join(
        bytes(each) if isinstance(each, are_bytes) else str(each).encode() for each in columns
    )
    for words in (CANARY, "alice", "bob", "Spam", "noted"):
        assert words.encode() not in row
    assert opened(report) == content(alice, bob)


def test_encrypted_data_opens_only_in_its_own_row_with_its_own_day(report, alice, bob):
    other = alice.reports_made.file(bob.pk, content(alice, bob, "something else"))
    Report.objects.filter(pk=report.pk).update(sealed=other.sealed)
    assert opened(report) is None
    assert opened(other)
    Report.objects.filter(pk=other.pk).update(day=other.day + timedelta(days=300))
    assert opened(other) is None


def test_an_altered_byte_is_noticed(report):
    sealed = bytearray(report.sealed)
    sealed[-1] ^= 1
    Report.objects.update(sealed=bytes(sealed))
    assert opened(report) is None


def test_two_equal_reports_are_encrypted_differently(report, alice, bob):
    assert alice.reports_made.file(bob.pk, content(alice, bob)).sealed != report.sealed


def test_only_the_current_or_a_former_key_opens_a_report(report, settings):
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    assert opened(report) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert opened(report)


def test_a_separate_key_takes_over_and_existing_reports_still_open(report, alice, bob, settings):
    settings.REPORTS_KEY = "a key of its own, of at least 32 letters"
    later = alice.reports_made.file(bob.pk, content(alice, bob))
    assert opened(report)
    assert opened(later)
    settings.REPORTS_KEY = ""
    assert opened(later) is None


# Expiry


def sweep_by_command(alice, bob, staff):
    call_command("forget_expired")


def sweep_by_another_report(alice, bob, staff):
    bob.reports_made.file(alice.pk, content(bob, alice))


def sweep_by_a_look(alice, bob, staff):
    staff.get(LIST)


@pytest.mark.parametrize("sweep", [sweep_by_command, sweep_by_another_report, sweep_by_a_look])
def test_a_report_is_deleted_after_thirty_days(report, sweep, alice, bob, staff):
    backdate(report, 29)
    sweep(alice, bob, staff)
    assert Report.objects.filter(pk=report.pk).exists()
    backdate(report, 30)
    sweep(alice, bob, staff)
    assert not Report.objects.filter(pk=report.pk).exists()


def test_an_expired_report_cannot_be_read_by_its_url(report, staff):
    backdate(report, 30)
    assert staff.get(page(report)).status_code == 302
    assert LogEntry.objects.count() == 0


def test_the_names_of_readers_expire_with_the_report(report, staff):
    staff.get(page(report))
    staff.post(f"{LIST}{report.pk}/delete/", {"post": "yes"})
    assert LogEntry.objects.count() == 2  # the log entry outlives the report
    LogEntry.objects.update(action_time=timezone.now() - timedelta(days=30))
    call_command("forget_expired")
    assert LogEntry.objects.count() == 0


# Permissions


def test_the_list_shows_names_and_numbers_but_no_text(report, staff):
    listed = staff.get(LIST).content.decode()
    for words in ("alice", "bob", "1 of 2", "nobody yet"):
        assert words in listed
    assert CANARY not in listed
    assert LogEntry.objects.count() == 0


def test_every_reading_is_recorded_and_shown(report, root, staff):
    for times in (1, 2):
        read = staff.get(page(report))
        assert read.status_code == 200
        assert read.content.decode().count(CANARY) == 4
        notes = LogEntry.objects.filter(object_id=str(report.pk), user=root, change_message="Read.")
        assert notes.count() == times
        assert [note.user for note in read.context["readings"]] == [root] * times
    assert CANARY not in "".join(str(note.__dict__) for note in LogEntry.objects.all())
    assert "Ruth" in staff.get(LIST).content.decode().split('id="result_list"')[1]


def test_verified_and_unverified_messages_are_marked(report, staff):
    read = staff.get(page(report)).content.decode()
    assert read.count("not verified (this text may have been altered)") == 1
    assert read.count(">verified (this server") == 1


def test_a_reported_file_is_shown_with_name_kind_size_and_hash(alice, bob, staff):
    told = content(alice, bob, "holiday.jpg")
    file = {"size": 2_400_000, "kind": "jpeg", "digest": "ab" * 32}
    known, unknown = told["messages"]
    known["file"], unknown["file"] = file, file | {"kind": "", "digest": ""}
    report = alice.reports_made.file(bob.pk, told)
    read = " ".join(staff.get(page(report)).content.decode().split())
    assert read.count("holiday.jpg") == 2
    assert ">verified (this server delivered exactly this offer)" in read
    assert read.count("picture, JPEG") == 1
    assert read.count("2400000 bytes") == 2
    assert read.count("ab" * 32) == 1
    assert read.count("unknown") == 1


def test_reported_text_is_escaped(alice, bob, staff):
    report = alice.reports_made.file(bob.pk, content(alice, bob, "<script>alert(1)</script>"))
    assert "<script>alert" not in staff.get(page(report)).content.decode()


def test_a_report_that_no_key_opens_says_so(report, staff, settings):
    Report.objects.update(sealed=b"x" * 40)
    assert "can’t be opened" in staff.get(page(report)).content.decode()


@pytest.mark.parametrize("method", ["get", "head", "post"])
@pytest.mark.parametrize("where", ["", "change/", "history/", "delete/"])
def test_staff_without_the_permission_see_no_report(report, carol, method, where):
    carol.is_staff = True
    carol.save()
    client = signed_in(carol)
    address = LIST + (f"{report.pk}/{where}" if where else "")
    assert getattr(client, method)(address, {"post": "yes"}).status_code == 403
    assert "reports" not in client.get("/admin/").content.decode().lower()
    assert LogEntry.objects.count() == 0
    assert Report.objects.count() == 1


def test_the_page_does_not_exist_for_users_who_are_not_staff(report, alice):
    for address in (LIST, page(report)):
        assert browser().get(address).status_code == 404
    assert LogEntry.objects.count() == 0


def permitted(user, *names):
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return signed_in(User.objects.get(pk=user.pk))


def test_view_permission_allows_nothing_else(report, carol):
    client = permitted(carol, "view_report")
    assert CANARY in client.get(page(report)).content.decode()
    assert client.post(page(report), {"is_handled": "on"}).status_code == 403
    assert client.get(f"{LIST}{report.pk}/delete/").status_code == 403
    client.post(LIST, {"action": "mark_as_handled", "_selected_action": [report.pk]})
    report.refresh_from_db()
    assert not report.is_handled
    assert LogEntry.objects.filter(user=carol).count() == 1  # not for refused requests


def test_staff_do_not_see_reports_about_themselves(report, alice, bob, carol):
    User.objects.filter(pk=bob.pk).update(is_staff=True, is_superuser=True)
    about_carol = alice.reports_made.file(carol.pk, content(alice, carol))
    client = signed_in(User.objects.get(pk=bob.pk))
    listed = client.get(LIST).content.decode()
    assert str(report.pk) not in listed
    assert str(about_carol.pk) in listed
    assert client.get(page(report)).status_code == 302
    client.post(f"{LIST}{report.pk}/delete/", {"post": "yes"})
    assert Report.objects.filter(pk=report.pk).exists()
    assert LogEntry.objects.count() == 0


def test_reports_cannot_be_added_or_changed(report, staff):
    before = Report.objects.values().get()
    assert staff.get(f"{LIST}add/").status_code == 403
    assert staff.post(page(report), {"is_handled": "on"}).status_code == 403
    assert Report.objects.values().get() == before


def test_staff_with_the_permission_mark_a_report_as_handled(report, carol):
    client = permitted(carol, "view_report", "change_report")
    client.post(LIST, {"action": "mark_as_handled", "_selected_action": [report.pk]})
    report.refresh_from_db()
    assert report.is_handled
    assert opened(report)


@pytest.mark.parametrize("how", ["one", "many"])
def test_a_report_can_be_deleted(report, staff, how):
    if how == "one":
        staff.post(f"{LIST}{report.pk}/delete/", {"post": "yes"})
    else:
        chosen = {"action": "delete_selected", "_selected_action": [report.pk]}
        staff.post(LIST, {**chosen, "post": "yes"})
    assert Report.objects.count() == 0


# Notices of unread reports


PLACES = ("/accounts/", "/", "/admin/")


def told(client):
    """Return the numbers of unread reports on these pages."""
    found = [
        re.search(r"(\d+) unread\s*<|[Uu]nread reports: (\d+)", client.get(place).content.decode())
        for place in PLACES
    ]
    return [int(match[1] or match[2]) if match else None for match in found]


def test_staff_see_the_number_of_unread_reports(report, alice, bob, staff, carol):
    client, other = staff, permitted(carol, "view_report")
    assert told(client) == told(other) == [1, 1, 1]
    alice.reports_made.file(bob.pk, content(alice, bob))
    assert told(client) == told(other) == [2, 2, 2]
    assert LogEntry.objects.count() == 0  # seeing the number is not reading
    other.get(page(report))
    assert told(client) == [1, 1, 1]
    every = [row.pk for row in Report.objects.all()]
    client.post(LIST, {"action": "mark_as_handled", "_selected_action": every})
    assert told(client) == [0, None, None]


def test_the_number_comes_without_names_or_text(report, staff):
    for place in ("/accounts/", "/admin/"):
        said = staff.get(place).content.decode()
        assert not [word for word in ("alice", "bob", CANARY) if word in said]


def test_expired_reports_are_not_counted(report, staff):
    backdate(report, 30)
    assert told(staff) == [0, None, None]


def test_other_users_do_not_see_the_number(report, bob, carol):
    assert told(browser())[:2] == [None, None]
    helper = permitted(carol, "view_user")
    assert told(helper) == [None, None, None]
    assert told(permitted(bob, "view_report")) == [0, None, None]  # reports about Bob himself


def test_the_search_does_not_find_reported_text(report, staff):
    assert "searchbar" not in staff.get(LIST).content.decode()
    for words in (CANARY, "no such word"):
        assert len(staff.get(LIST, {"q": words}).context["cl"].result_list) == 1


# What others learn, and deleted accounts


def held(name):
    return json.loads(browser(name).get("/accounts/download/").content)


def test_the_reporter_sees_that_a_report_exists_but_not_its_content(report, alice, bob):
    found = held("alice")
    [row] = found["reports"]
    assert (row["reported"], row["messages"], row["sealed"]) == (bob.pk, 2, "stored, but encrypted")
    assert CANARY not in json.dumps(found)


def test_the_reported_user_cannot_tell_whether_a_report_exists(alice, bob, carol):
    before = held("bob")
    alice.reports_made.file(bob.pk, content(alice, bob))
    after = held("bob")
    assert before.keys() == after.keys()
    for other in (before, held("carol")):
        assert after["reports by others"] == other["reports by others"]
    assert "alice" not in json.dumps(after)
    assert "reports" not in after


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_a_report_outlives_both_accounts_with_the_names_inside(report, alice, bob, staff, who):
    personal_data.delete_account({"alice": alice, "bob": bob}[who])
    report.refresh_from_db()
    assert [report.reporter, report.reported].count(None) == 1
    assert staff.get(LIST).status_code == 200
    read = staff.get(page(report)).content.decode()
    assert "alice" in read
    assert "bob" in read
