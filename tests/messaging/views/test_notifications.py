"""The choices for sound and notifications, which last as long as the session."""

import re
from html import unescape

import pytest

from tests.accounts.page_reader import found
from tests.messaging.conftest import signed_in
from tests.support.flat_html import flat

HTMX = {"hx-request": "true"}
PAGE = "/attention/"
pytestmark = pytest.mark.django_db


def switches(client):
    """Return each switch of the menu, and whether it is on."""
    markup = flat(client.get(PAGE, headers=HTMX).content.decode())
    return dict(re.findall(r'id="sign-(\w+)" aria-checked="(\w+)"', markup))


def chosen(client):
    place = found(r'<div id="attention"[^>]*>(.*?)</details>', client.get("/").content.decode())
    return "".join(re.findall(r'data-chosen="([^"]*)"', place))


def test_everything_is_off_by_default(alice):
    client = signed_in(alice)
    assert switches(client) == {"sound": "false", "notification": "false"}
    assert chosen(client) == ""


def test_a_choice_applies_to_this_browser_only(alice):
    here, elsewhere = signed_in(alice), signed_in(alice)
    here.post(PAGE, {"sound": "yes"}, headers=HTMX)
    assert switches(here) == {"sound": "true", "notification": "false"}
    assert chosen(here) == "sound"
    assert chosen(elsewhere) == ""


def test_a_choice_can_be_turned_off_again(alice):
    client = signed_in(alice)
    for answer in ({"sound": "yes"}, {"notification": "yes"}, {"sound": "no"}):
        client.post(PAGE, answer, headers=HTMX)
    assert chosen(client) == "notification"


def test_the_content_of_a_notification_is_a_separate_choice(alice):
    client = signed_in(alice)
    client.post(PAGE, {"notification": "yes"}, headers=HTMX)
    assert switches(client) == {"sound": "false", "notification": "true", "words": "false"}
    client.post(PAGE, {"words": "yes"}, headers=HTMX)
    assert chosen(client) == "notification words"


def test_without_notifications_the_choice_of_content_is_ignored(alice):
    client = signed_in(alice)
    client.post(PAGE, {"words": "yes"}, headers=HTMX)
    assert chosen(client) == ""
    client.post(PAGE, {"notification": "yes", "words": "yes"}, headers=HTMX)
    client.post(PAGE, {"notification": "no"}, headers=HTMX)
    client.post(PAGE, {"notification": "yes"}, headers=HTMX)
    assert chosen(client) == "notification", "whoever wants them again chooses anew what they say"


def test_the_next_user_of_the_browser_starts_without_choices(alice, bob):
    client = signed_in(alice)
    client.post(PAGE, {"notification": "yes", "words": "yes"}, headers=HTMX)
    client.post("/accounts/logout/")
    client.force_login(bob)
    assert chosen(client) == ""


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"sound": "maybe"},
        {"sound": ""},
        {"trumpet": "yes"},
        {"sound": "yes", "notification": "on"},
    ],
)
def test_any_other_value_is_refused(answer, alice):
    client = signed_in(alice)
    assert client.post(PAGE, answer, headers=HTMX).status_code == 400
    assert chosen(client) == ""


def test_choices_of_another_version_in_a_session_are_ignored(alice):
    client = signed_in(alice)
    session = client.session
    session["attention"] = ["fanfare", "sound"]
    session.save()
    assert chosen(client) == "sound"


def test_a_plain_form_leads_back_to_the_chat(alice):
    client = signed_in(alice)
    assert client.post(PAGE, {"sound": "yes"})["Location"] == "/"
    assert client.get(PAGE)["Location"] == "/"
    assert chosen(client) == "sound"


def test_a_page_asks_before_leaving_only_if_that_is_chosen(alice):
    client = signed_in(alice)
    switch = r'id="sign-leaving" aria-checked="(\w+)"'
    assert found(switch, flat(client.get("/").content.decode())) == "false"
    answer = client.post(PAGE, {"leaving": "yes"}, headers=HTMX)
    for page in (answer, client.get("/")):
        assert found(switch, flat(page.content.decode())) == "true"
    assert "sign-sound" not in answer.content.decode()
    assert chosen(client) == "", "notifications are as they were"


def test_the_choices_are_listed_in_my_data(alice):
    client = signed_in(alice)
    client.post(PAGE, {"sound": "yes"}, headers=HTMX)
    [session] = [
        held
        for held in client.get("/accounts/download/").json()["sessions"]
        if held["session_data"]
    ]
    assert session["session_data"]["attention"] == ["sound"]


def test_the_page_explains_text_in_notifications(alice):
    client = signed_in(alice)
    client.post(PAGE, {"notification": "yes"}, headers=HTMX)
    menu = unescape(client.get(PAGE, headers=HTMX).content.decode())
    assert "Anyone who sees this screen can read it, and your system may store it." in menu
