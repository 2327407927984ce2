"""The chat page and its panes over HTTP."""

import json
import re
from html import unescape

import pytest

from messaging.people import roster
from tests.support.flat_html import flat
from tests.support.fresh_copy import ROOT

HTMX = {"hx-request": "true"}
PROMISE = (
    "Nothing you write is stored. Reload the page and it’s gone. "
    "Only messages that someone reports are kept, for the administrators."
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(client, alice):
    client.force_login(alice)
    client.defaults["HTTP_HOST"] = "localhost:8000"
    return client


def pane(user):
    return f"/conversations/{user.pk}/"


def read(response):
    return unescape(response.content.decode())


def test_a_plain_request_gets_the_whole_page_with_the_pane(here, bob):
    page = read(here.get(pane(bob)))
    assert '<html lang="en" dir="ltr">' in page
    assert f'id="conversation-{bob.pk}"' in page
    assert f'id="conversation-{bob.pk}-row"' in page
    assert 'id="people"' in page


def test_the_chat_page_has_exactly_the_icons_that_templates_name(here):
    named = {
        name
        for file in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'_icon\.html" with icon="([\w-]+)"', file.read_text())
    }
    assert {"back", "more"} <= named
    assert named == set(re.findall(r'<svg [^>]*id="icon-([\w-]+)"', read(here.get("/"))))


def test_htmx_gets_the_pane_alone(here, bob):
    fragment = read(here.get(pane(bob), headers=HTMX))
    assert "<html" not in fragment
    assert f'id="conversation-{bob.pk}"' in fragment
    assert 'id="people"' not in fragment


def test_htmx_gets_the_whole_page_when_it_restores_history(here, bob):
    assert "<html" in read(
        here.get(pane(bob), headers={**HTMX, "hx-history-restore-request": "true"})
    )


def test_caches_are_told_that_the_answer_depends_on_htmx(here, bob):
    assert "HX-Request" in here.get(pane(bob))["Vary"]
    assert "HX-Request" in here.get(pane(bob), headers=HTMX)["Vary"]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "pane"])
def test_there_is_no_pane_of_oneself_or_of_unknown_or_inactive_users(headers, here, alice, bob):
    bob.is_active = False
    bob.save()
    for path in (
        pane(alice),
        pane(bob),
        "/conversations/424242/",
        "/conversations/99999999999999999999999/",
    ):
        response = here.get(path, headers=headers)
        assert response.status_code == 404
        assert "Page not found" in read(response)


@pytest.mark.parametrize("name", ["x", "-1", "1.5", "%00", "1/2"])
def test_a_pane_has_a_numeric_id(name, here):
    assert here.get(f"/conversations/{name}/").status_code == 404


def test_a_pane_accepts_no_post(here, bob):
    assert here.post(pane(bob), {"text": "hello"}).status_code == 405


def test_the_promise_is_on_the_page_and_in_every_pane(here, bob):
    assert PROMISE in read(here.get("/"))
    assert "Nothing is stored." in read(here.get(pane(bob), headers=HTMX))


def test_htmx_keeps_no_history_and_evaluates_no_text(here):
    config = re.search(r'<meta name="htmx-config" content=\'([^\']*)\'', read(here.get("/")))
    assert config
    assert (
        json.loads(config[1]).items()
        >= {
            "historyCacheSize": 0,
            "allowEval": False,
            "allowScriptTags": False,
            "selfRequestsOnly": True,
            "includeIndicatorStyles": False,
        }.items()
    )


def test_the_browser_restores_no_field_of_the_socket_forms(here, bob, alice):
    page = read(here.get(pane(bob)))
    forms = re.findall(r"<form\b[^>]*\bws-send\b[^>]*>", page)
    assert len(forms) >= 5
    assert [form for form in forms if 'autocomplete="off"' not in form] == []
    fields = re.findall(r"<textarea\b[^>]*>", page)
    assert len(fields) == 1
    assert 'autocomplete="off"' in fields[0]


@pytest.mark.parametrize(
    ("policy", "way"),
    [
        (("open", "staff", False), "address"),
        (("invite", "staff", False), ""),
        (("invite", "staff", True), "invitations"),
        (("invite", "everybody", False), "invitations"),
        (("closed", "everybody", True), ""),
    ],
)
def test_the_list_ends_with_the_way_to_invite_people(policy, way, here, alice, settings):
    settings.SIGNUP, settings.INVITATIONS, alice.is_staff = policy
    alice.save()
    page = read(here.get("/"))
    assert ('id="invite"' in page) == (way == "address")
    assert ('<a class="invite" href="/accounts/invitations/"' in page) == (way == "invitations")
    assert ("Invite someone to start talking." in page) == bool(way)


@pytest.mark.parametrize("is_local", [True, False])
def test_a_loopback_address_says_that_others_cannot_open_it(is_local, here, settings):
    settings.SITE_IS_LOCAL = is_local
    page = read(here.get("/"))
    assert f'translate="no">{settings.SITE_URL}</span>' in page
    assert ("Only this computer can open this address. docs/start.md explains" in page) == is_local


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost", "localhost:80", "localhost:800", "calhost:8000"]
)
def test_a_page_at_another_address_says_where_live_conversation_works(host, here, settings):
    settings.ALLOWED_HOSTS = ["*"]
    assert "Live chat works at" in read(here.get("/", headers={"host": host}))


def test_a_page_at_the_right_address_does_not_mention_it(here):
    assert "Live chat works at" not in read(here.get("/"))


@pytest.mark.parametrize(("streams", "times"), [(200, 1), (0, 0)])
def test_the_page_without_websocket_is_linked_only_if_it_is_turned_on(
    streams, times, here, settings
):
    settings.STREAMS = streams
    page = flat(here.get("/").content.decode())
    assert page.count("Use the page that works without them</a>") == times


def test_an_unknown_url_gets_a_friendly_page(here, settings):
    response = here.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert f"This server’s address is {settings.SITE_URL}." in re.sub(
        r"<[^>]*>", "", read(response)
    )
    assert "evil.example" not in read(response)


def test_a_server_error_gets_a_calm_page_without_details(here, monkeypatch):
    monkeypatch.setattr(roster, "load_page", lambda *_: 1 / 0)
    here.raise_request_exception = False
    response = here.get("/")
    assert response.status_code == 500
    assert "The problem is on the server." in read(response)
    assert "ZeroDivisionError" not in read(response)
