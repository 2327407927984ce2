"""Reports over HTTP: permissions, storage and logging."""

import json
import logging
import re
from html import unescape

import pytest
from asgiref.sync import sync_to_async

from accounts.models import Report
from accounts.models.report import ReportManager
from messaging import rate_limits
from messaging.domain.conversations import Person
from tests.messaging.backends.domain import message
from tests.messaging.conftest import signed_in
from tests.messaging.domain.test_evidence import shown

URL = "/report/"
HTMX = {"hx-request": "true"}
THREAT = "a-heron-stood-in-the-canal"

pytestmark = pytest.mark.django_db


def person(user):
    return Person(user.pk, user.username)


@pytest.fixture
def threat(alice, bob):
    return message(THREAT, sender=person(bob), recipient=person(alice))


@pytest.fixture
def here(alice):
    return signed_in(alice)


def fields(about, *said, **altered):
    return {
        "peer": str(about.pk),
        "reason": "threat",
        "note": "",
        "message": [shown(each) for each in said],
        **altered,
    }


def report(client, about, *said, **altered):
    return client.post(URL, fields(about, *said, **altered), headers=HTMX)


def words(response):
    return " ".join(re.sub(r"<[^>]*>", "", unescape(response.content.decode())).split())


def kept():
    [row] = Report.objects.all()
    return row, row.content()


def test_a_report_stores_the_selected_messages_and_nothing_else(here, alice, bob, threat):
    mine = message("stop it", sender=person(alice), recipient=person(bob))
    response = report(here, bob, mine, threat, note=" since Monday ")
    assert response.status_code == 200
    assert words(response).startswith("Report sent")
    assert "bob isn’t told" in words(response)
    assert "verified" not in words(response)
    row, content = kept()
    assert (row.reporter, row.reported, row.messages, row.verified) == (alice, bob, 2, 1)
    assert content["reason"] == "Threats or violence"
    assert content["note"] == "since Monday"
    assert [each["text"] for each in content["messages"]] == ["stop it", THREAT]
    assert [each["is_verified"] for each in content["messages"]] == [False, True]
    assert [each["is_reporters"] for each in content["messages"]] == [True, False]


def test_an_altered_message_is_stored_and_marked(here, bob, threat):
    response = report(here, bob, message=[shown(threat, text="I will come"), shown(threat)])
    assert response.status_code == 200
    assert "this server can’t confirm" in words(response)
    row, content = kept()
    assert (row.messages, row.verified) == (2, 1)
    assert [each["text"] for each in content["messages"]] == ["I will come", THREAT]


def test_a_message_to_another_user_is_not_verified(here, bob, carol):
    to_carol = message(THREAT, sender=person(bob), recipient=person(carol))
    report(here, bob, to_carol)
    assert kept()[0].verified == 0


@pytest.mark.django_db(transaction=True)
async def test_a_message_received_in_a_window_is_verified(alice, bob, open_window):
    there, here = await open_window(bob, alice), await open_window(alice, bob)
    text = "one\n<b>two</b> https://example.org/ & 'so' \"on\""
    id = await there.says(text, to=alice)
    await here.sees("data-seal")
    [seal] = re.findall(r'data-seal="([^"]*)"', here.seen)
    [posted_at] = re.findall(r'message__time" datetime="([^"]*)"', here.seen)
    said = {"sender": str(bob.pk), "id": id, "text": text, "posted_at": posted_at, "seal": seal}
    response = await sync_to_async(report)(here.client, bob, message=[json.dumps(said)])
    assert response.status_code == 200
    row = await Report.objects.aget()
    assert (row.messages, row.verified) == (1, 1)
    assert "data-seal" not in await there.settles()


@pytest.mark.parametrize("peer", ["", "x", "0", "-1", "999999", "9" * 30, "1 or 1=1", "\u0661"])
def test_an_unknown_user_cannot_be_reported(here, bob, threat, peer):
    response = report(here, bob, threat, peer=peer)
    assert response.status_code == 422
    assert "have an account here" in words(response)
    assert Report.objects.count() == 0


def test_a_user_cannot_report_oneself(here, alice):
    mine = message(THREAT, sender=person(alice), recipient=person(alice))
    assert "have an account here" in words(report(here, alice, mine))
    assert Report.objects.count() == 0


def test_an_inactive_user_can_be_reported(here, bob, threat):
    bob.is_active = False
    bob.save()
    assert report(here, bob, threat).status_code == 200


@pytest.mark.parametrize(
    "altered",
    [{"reason": ""}, {"note": "x" * 1001}, {"message": []}, {"message": ["x"]}],
    ids=["why", "note", "none", "odd"],
)
def test_a_mistake_is_explained_and_not_counted(here, bob, threat, altered):
    for _ in range(10):
        response = report(here, bob, threat, **altered)
        assert response.status_code == 422
        assert words(response)
    assert Report.objects.count() == 0
    assert report(here, bob, threat).status_code == 200


def test_reports_are_limited_with_the_time_to_wait(here, carol, bob, threat):
    for _ in range(rate_limits.REPORTS.burst):
        assert report(here, bob, threat).status_code == 200
    response = report(here, bob, threat)
    assert response.status_code == 429
    assert re.search(r"Try again in 1[0-2] minutes", words(response))
    assert Report.objects.count() == rate_limits.REPORTS.burst
    to_carol = message("psst", sender=person(bob), recipient=person(carol))
    assert report(signed_in(carol), bob, to_carol).status_code == 200


def test_a_body_larger_than_a_report_is_not_read(here, bob, threat):
    assert report(here, bob, threat, note="x" * 3_000_000).status_code == 400
    assert Report.objects.count() == 0


def test_the_form_says_what_happens_to_the_report(here):
    form = words(here.get(URL, headers=HTMX))
    for sentence in (
        "administrators",
        "encrypted",
        "at most 30 days",
        "isn’t told",
        "Threats or violence",
    ):
        assert sentence in form
    assert here.get(URL).url == "/"
    assert here.get(URL, headers=HTMX)["Cache-Control"] == "no-store"


def test_a_server_error_is_logged_without_the_text(here, bob, threat, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError(THREAT)

    monkeypatch.setattr(ReportManager, "file", fail)
    with caplog.at_level(logging.DEBUG):
        response = report(here, bob, threat, note=THREAT)
    assert response.status_code == 503
    assert "your report wasn’t sent" in words(response)
    assert "RuntimeError" in caplog.text
    assert THREAT not in caplog.text
    assert not any(record.exc_info for record in caplog.records)


def test_no_log_says_who_reports_whom_or_what(here, bob, threat, caplog):
    with caplog.at_level(logging.INFO):
        report(here, bob, threat)
        report(here, bob, threat, note="x" * 1001)
    assert THREAT not in caplog.text
    assert "bob" not in caplog.text


def test_my_data_counts_own_reports(here, bob, threat):
    assert "Reports by you 0" in words(here.get("/known/"))
    report(here, bob, threat)
    assert "Reports by you 1, encrypted, each for at most 30 days" in words(here.get("/known/"))
    theirs = words(signed_in(bob).get("/known/"))
    assert "Reports by you 0" in theirs
    assert "alice" not in theirs
