"""Blocking, appearing offline, and clearing the screen."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.support.servers import Server


def presence(person):
    return person.pane.locator(".pane__presence")


def blocks(person, other) -> None:
    person.opens_dialog(f"Block {other.name}").get_by_role("button", name="Block").click()
    expect(presence(person)).to_have_text("blocked")


def appears_offline(person) -> None:
    person.page.locator(".me__name").click()
    person.page.get_by_role("switch", name="Appear offline").click()
    person.page.keyboard.press("Escape")


def test_blocking_and_unblocking(alice, bob):
    alice.chooses(bob).says("good morning")
    bob.chooses(alice).hears("good morning")
    second = bob.opens_another_window().chooses(alice)
    alice.writes("a draft")
    blocks(alice, bob)
    expect(alice.composer).to_be_disabled()
    expect(alice.composer).to_have_value("a draft")
    expect(alice.pane.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    for window in (bob, second):
        expect(presence(window)).to_have_text("offline")
        expect(window.entry(alice)).to_have_accessible_name(f"{alice.name} offline")
    bob.says("are you there?")
    expect(bob.pane.get_by_text(f"Not delivered. {alice.name} can’t be reached.")).to_be_visible()
    expect(bob.pane.get_by_text("are you there?")).to_be_visible()
    expect(alice.pane.get_by_text("are you there?")).to_have_count(0)
    words = bob.page.get_by_text(re.compile("block", re.IGNORECASE))
    expect(words.filter(visible=True)).to_have_count(0)

    alice.pane.get_by_role("button", name="Unblock").click()
    expect(alice.composer).to_be_enabled()
    expect(alice.composer).to_be_focused()
    for person in (alice, bob, second):
        expect(presence(person)).to_have_text("online")
    bob.pane.get_by_role("button", name="Try again").click()
    alice.hears("are you there?")
    expect(bob.pane.get_by_text("delivered", exact=True)).to_be_visible()
    expect(bob.pane.get_by_text("can’t be reached")).to_have_count(0)


def test_unblocking_on_the_list(somebody, bob):
    alice = somebody("alice", **PHONE)
    alice.chooses(bob)
    blocks(alice, bob)
    elsewhere = alice.page.context.new_page()
    elsewhere.goto(f"{alice.url}/people/blocked/")
    elsewhere.get_by_role("button", name=f"Unblock {bob.name}").click()
    expect(elsewhere.get_by_text("You haven’t blocked anyone.")).to_be_visible()
    assert elsewhere.url.endswith("/people/blocked/")
    expect(presence(alice)).to_have_text("online")
    expect(alice.composer).to_be_enabled()


def test_a_conversation_with_a_blocked_person_offers_to_unblock(alice, bob):
    alice.chooses(bob)
    blocks(alice, bob)
    alice.comes_again()
    expect(presence(alice)).to_have_text("blocked")
    expect(alice.composer).to_be_disabled()
    paper = alice.composer.evaluate("field => getComputedStyle(field).backgroundColor")
    expect(alice.entry(bob)).to_have_accessible_name(f"{bob.name} blocked")
    alice.pane.get_by_role("button", name="Unblock").click()
    expect(presence(alice)).to_have_text("online")
    expect(alice.composer).to_be_enabled()
    expect(alice.composer).not_to_have_css("background-color", paper)


def test_blocking_works_without_scripts(browser, server, alice, bob):
    alice.chooses(bob)
    state = alice.page.context.storage_state()
    context = browser.new_context(java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto(f"{server.url}{alice.entry(bob).get_attribute('href')}")
    page.get_by_role("button", name=f"More actions for {bob.name}").click()
    page.get_by_role("button", name=f"Block {bob.name}", exact=True).click()
    expect(page.locator(".pane__presence")).to_have_text("online")
    page.get_by_role("dialog").get_by_role("button", name="Block").click()
    expect(page.locator(".pane__presence")).to_have_text("blocked")
    expect(presence(alice)).to_have_text("blocked")
    page.goto(f"{server.url}/people/blocked/")
    page.get_by_role("button", name=f"Unblock {bob.name}").click()
    expect(page.get_by_text("You haven’t blocked anyone.")).to_be_visible()
    expect(presence(alice)).to_have_text("online")
    context.close()


def test_appearing_offline(alice, bob):
    bob.chooses(alice)
    expect(presence(bob)).to_have_text("online")
    second = alice.opens_another_window()
    appears_offline(alice)
    for window in (alice, second):
        expect(window.page.get_by_text("You appear offline to others.")).to_be_visible()
    expect(presence(bob)).to_have_text("offline")
    alice.chooses(bob).composer.press_sequentially("h")
    bob.says("are you there?")
    alice.hears("are you there?")
    expect(bob.pane.get_by_text("delivered", exact=True)).to_be_visible()
    expect(bob.pane.get_by_text("is typing")).to_have_count(0)
    second.page.locator(".me__name").click()
    second.page.get_by_role("switch", name="Appear offline").click()
    expect(presence(bob)).to_have_text("online")
    expect(alice.page.get_by_text("You appear offline to others.")).to_have_count(0)


@pytest.fixture
def quick_server(tmp_path):
    running = Server(tmp_path, DJANGO_SETTINGS_MODULE="tests.settings.quick").start()
    yield running
    running.stop()


@pytest.mark.matrix
def test_waiting_messages_are_sent_to_a_person_who_appears_offline(quick_server, somebody):
    alice, bob = somebody("alice", url=quick_server.url), somebody("bob", url=quick_server.url)
    appears_offline(alice)
    bob.chooses(alice)
    expect(presence(bob)).to_have_text("offline")
    alice.page.goto("about:blank")
    bob.says("are you there?")
    expect(
        bob.pane.get_by_text(re.compile("isn’t connected|no window was open in time"))
    ).to_be_visible(timeout=20_000)
    alice.page.goto(f"{quick_server.url}/")
    alice.is_connected().page.locator("#open-conversations .person__link").click()
    alice.hears("are you there?")
    expect(bob.pane.get_by_text("delivered", exact=True)).to_be_visible()
    expect(presence(bob)).to_have_text("offline")


def clears_the_screen(person) -> None:
    for _ in range(3):
        person.page.keyboard.press("Shift")


def test_shift_three_times_clears_the_screen_and_logs_out(alice, bob):
    bob.chooses(alice).says("between us")
    alice.chooses(bob).hears("between us")
    alice.writes("a draft")
    asked = []
    alice.page.on("dialog", lambda dialog: asked.append(dialog))  # noqa: PLW0108
    for letter in "ABC":  # typing capitals doesn't count
        alice.page.keyboard.press(f"Shift+{letter}")
    expect(alice.heard("between us")).to_be_visible()
    clears_the_screen(alice)
    expect(alice.page.get_by_role("button", name="Log in")).to_be_visible()
    alice.page.go_back()
    expect(alice.page.get_by_role("button", name="Log in")).to_be_visible()
    expect(alice.page.get_by_text("between us")).to_have_count(0)
    assert asked == []


def test_the_session_ends_although_the_page_closes_at_once(alice, bob):
    alice.chooses(bob)
    alice.page.locator(".me__name").click()
    with alice.page.context.expect_page() as opened:
        alice.page.evaluate("open('about:blank')")
    clears_the_screen(alice)
    alice.page.close()
    other = opened.value
    other.goto(alice.url)
    expect(other.get_by_role("button", name="Log in")).to_be_visible()


def test_without_a_network_the_screen_is_cleared_first(alice, bob):
    alice.chooses(bob)
    alice.page.context.set_offline(True)
    alice.says("never to be sent")
    alice.page.locator(".me__name").click()
    alice.page.get_by_role("button", name="Clear my screen").click()
    expect(alice.page.get_by_text("you’re still logged in")).to_be_visible()
    clears_the_screen(alice)  # again, as people do
    assert not re.search(f"never to be sent|{bob.name}|{alice.name}", alice.page.content())
    assert alice.page.title() == "Sotto"
    assert not alice.page.url.split("/", 3)[3]
    alice.page.context.set_offline(False)
    expect(alice.page.get_by_role("button", name="Log in")).to_be_visible()
    alice.forgives_the_wire()
    bob.chooses(alice)
    expect(bob.pane.get_by_text("never to be sent")).to_have_count(0)
