"""Messages are edited and people are found by keyboard, and no typed text is lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.audit import fits, is_accessible
from tests.browser.conftest import PHONE
from tests.browser.wires import is_back, is_cut_off


@pytest.fixture
def talk(alice, bob):
    """Alice has sent a message that Bob's window shows."""
    alice.chooses(bob).says("see you at five")
    bob.chooses(alice).hears("see you at five")
    is_delivered(alice, "see you at five")
    return alice, bob


def is_delivered(person, text):
    expect(person.heard(text).locator(".message__state")).to_have_text("delivered")


def bar(person):
    return person.page.locator("#editing")


def edits(person):
    """Edit the newest own message by keyboard."""
    person.composer.press("ArrowUp")
    expect(bar(person)).to_be_visible()
    expect(person.composer).to_be_focused()


# Editing


def test_the_last_message_is_edited_in_every_window_of_both(talk):
    alice, bob = talk
    others = alice.opens_another_window().chooses(bob), bob.opens_another_window().chooses(alice)
    windows = [alice, bob, *others]
    alice.says("or at six?")
    for window in windows:
        window.hears("or at six?")
    is_delivered(alice, "or at six?")
    edits(alice)
    expect(alice.composer).to_have_value("or at six?")
    alice.says("or at seven?")
    for window in windows:
        window.hears("or at seven?")
        expect(window.heard("or at seven?").locator(".message__edited")).to_have_text("edited")
        expect(window.heard("or at six?")).to_have_count(0)
    expect(windows[2].heard("see you at five")).to_have_count(0)
    is_delivered(alice, "or at seven?")
    expect(bar(alice)).to_be_hidden()
    expect(alice.composer).to_have_value("")
    expect(bob.page).to_have_title("Sotto")


def test_a_cancelled_edit_restores_the_draft(talk):
    alice, bob = talk
    alice.writes("half a thought")
    cancel = bar(alice).get_by_role("button", name="Cancel")
    for leave in (lambda: alice.composer.press("Escape"), cancel.click):
        alice.acts_on("see you at five", "More", "Edit")
        expect(alice.composer).to_have_value("see you at five")
        words = re.compile("You’re editing your message")
        expect(alice.composer).to_have_accessible_description(words)
        alice.writes("never said")
        leave()
        expect(alice.composer).to_have_value("half a thought")
        expect(alice.composer).to_be_focused()
        expect(bar(alice)).to_be_hidden()
    alice.composer.press("Enter")
    bob.hears("half a thought")
    expect(bob.pane).not_to_contain_text("never said")


def test_an_edit_keeps_indentation_and_is_not_sent_without_a_change(talk):
    alice, bob = talk
    text = "    if it:\n        return"
    alice.says(text)
    bob.hears("if it:")
    assert bob.heard("if it:").locator(".message__text").text_content() == text
    is_delivered(alice, "if it:")
    edits(alice)
    expect(alice.composer).to_have_value(text)
    alice.writes(f"\n{text}\n")
    alice.composer.press("Enter")
    expect(bar(alice)).to_be_hidden()
    expect(alice.heard("if it:").locator(".message__edited")).to_have_count(0)


def test_the_up_arrow_edits_only_if_the_field_is_empty(talk):
    alice, _ = talk
    alice.composer.press_sequentially("typed")
    alice.composer.press("ArrowUp")
    alice.composer.press("End")
    alice.composer.press_sequentially(" on")
    expect(alice.composer).to_have_value("typed on")
    expect(bar(alice)).to_have_count(0)


def test_a_refused_edit_keeps_its_text_and_the_message(talk):
    alice, bob = talk
    edits(alice)
    bob.opens_dialog("Block").get_by_role("button", name=re.compile("^Block")).click()
    expect(bob.pane.get_by_role("button", name=re.compile("^Unblock"))).to_be_visible()
    alice.says("see you at nine")
    expect(bar(alice)).to_contain_text(f"Not changed. {bob.name} can’t be reached.")
    expect(alice.composer).to_have_value("see you at nine")
    alice.hears("see you at five")
    is_delivered(alice, "see you at five")
    bob.pane.get_by_role("button", name=re.compile("^Unblock")).click()
    expect(alice.pane.locator(".presence--online")).to_be_visible()
    alice.composer.press("Enter")
    bob.hears("see you at nine")
    expect(bar(alice)).to_be_hidden()


@pytest.mark.matrix
def test_a_message_can_be_edited_on_a_phone(somebody, bob):
    alice = somebody("alice", **PHONE)
    bob.chooses(alice)
    alice.chooses(bob).says("see you at five")
    bob.hears("see you at five")
    is_delivered(alice, "see you at five")
    alice.holds("see you at five")
    alice.page.get_by_role("button", name="Edit").tap()
    expect(bar(alice)).to_be_visible()
    fits(alice.page)
    is_accessible(alice.page)
    alice.writes("see you at eight")
    alice.pane.get_by_role("button", name="Send", exact=True).tap()
    bob.hears("see you at eight")
    is_delivered(alice, "see you at eight")


# Editing without a connection


@pytest.fixture
def wired(both):
    """Alice has sent a message that Bob's window shows."""
    both[0].says("see you at five")
    is_delivered(both[0], "see you at five")
    return both


@pytest.mark.matrix
def test_a_window_that_was_away_shows_the_edit(wired):
    alice, bob = wired
    bob.wire.cut()
    is_cut_off(bob)
    edits(alice)
    alice.says("see you at ten")
    expect(alice.heard("see you at ten").locator(".state--away, .state--sending")).to_be_visible()
    bob.hears("see you at five")
    is_back(bob)
    bob.hears("see you at ten")
    is_delivered(alice, "see you at ten")
    expect(bob.pane.locator(".transcript .message")).to_have_count(1)


def test_an_edit_made_offline_is_sent_after_reconnecting(wired):
    alice, bob = wired
    edits(alice)
    alice.wire.cut()
    is_cut_off(alice)
    alice.says("see you at eleven")
    expect(alice.composer).to_have_value("see you at eleven")
    alice.hears("see you at five")
    is_back(alice)
    bob.hears("see you at eleven")
    expect(alice.composer).to_have_value("")
    is_delivered(alice, "see you at eleven")
    alice.wire.cut()
    is_cut_off(alice)
    is_back(alice)
    alice.says("nothing to send again")
    bob.hears("nothing to send again")
    expect(bob.pane.locator(".transcript .message")).to_have_count(2)


# Navigation


def test_a_person_is_found_by_typing(alice, bob, somebody):
    carol = somebody("carol")
    alice.chooses(bob)
    alice.page.keyboard.press("Control+k")
    search = alice.page.get_by_role("searchbox")
    expect(search).to_be_focused()
    search.press_sequentially(carol.name)
    search.press("Enter")
    expect(alice.pane.get_by_role("heading", name=carol.name)).to_be_visible()
    expect(alice.composer).to_be_focused()
    alice.page.keyboard.press("Control+k")
    expect(search).to_be_focused()
    alice.page.keyboard.press("Escape")
    expect(search).to_have_value("")
    expect(alice.composer).to_be_focused()
    expect(alice.entry(bob)).to_be_visible()


PRESS = """([target, init]) => document.querySelector(target).dispatchEvent(
  new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init })
)"""  # whether the page left the key to the browser
KEYS: dict[str, tuple[dict, bool]] = {
    "capitals are locked": ({"key": "K", "code": "KeyK"}, True),
    "Russian": ({"key": "л", "code": "KeyK"}, True),
    "Arabic": ({"key": "ن", "code": "KeyK"}, True),
    "Greek, with capitals": ({"key": "Κ", "code": "KeyK"}, True),  # noqa: RUF001 - a Greek one
    "Dvorak": ({"key": "k", "code": "KeyV"}, True),
    "where Dvorak has a T": ({"key": "t", "code": "KeyK"}, False),
    "another Russian key": ({"key": "о", "code": "KeyJ"}, False),  # noqa: RUF001
    "with Shift": ({"key": "K", "code": "KeyK", "shiftKey": True}, False),
}


def test_shortcuts_are_found_on_other_keyboards(alice):
    for keyboard, (init, is_ours) in KEYS.items():
        alice.page.evaluate("document.activeElement.blur()")
        is_left = alice.page.evaluate(PRESS, ["body", {"ctrlKey": True, **init}])
        assert is_left is not is_ours, keyboard
        if is_ours:
            expect(alice.page.get_by_role("searchbox")).to_be_focused()
    arabic = {"key": "ظ", "code": "Slash", "ctrlKey": True}
    for init in ({"key": "؟"}, {"key": "/", "ctrlKey": True}, arabic):
        assert not alice.page.evaluate(PRESS, [".me__name", init])
        expect(alice.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
        alice.page.keyboard.press("Escape")


def test_arrows_go_through_people_and_conversations(alice, bob, somebody):
    carol = somebody("carol")
    alice.chooses(carol)
    alice.chooses(bob)
    for key in ("ArrowUp", "ArrowDown"):
        for other in (carol, bob):
            alice.page.keyboard.press(f"Alt+{key}")
            expect(alice.pane.get_by_role("heading", name=other.name)).to_be_visible()
            expect(alice.composer).to_be_focused()
    alice.page.keyboard.press("Control+k")
    expect(alice.page.get_by_role("searchbox")).to_be_focused()
    alice.page.keyboard.press("ArrowDown")
    focused = alice.page.locator("#open-conversations .person__link:focus")
    expect(focused).to_be_visible()
    first = focused.inner_text()
    alice.page.keyboard.press("ArrowDown")
    expect(focused).not_to_have_text(first, use_inner_text=True)
    for _ in range(2):
        alice.page.keyboard.press("ArrowUp")
    expect(alice.page.get_by_role("searchbox")).to_be_focused()


MANY = """message => {
  const copies = Array.from({ length: 1000 }, (_, number) => {
    const copy = message.cloneNode(true)
    copy.id = `message-1-copy-${number}`
    return copy
  })
  message.before(...copies)
}"""


def test_a_transcript_of_a_thousand_messages_is_one_tab_stop(talk):
    alice, bob = talk
    keyboard, focused = alice.page.keyboard, alice.page.locator(":focus")
    bob.says("see https://example.org/")
    alice.acts_on("https", "React", "❤️")
    alice.says("gladly")
    is_delivered(alice, "gladly")
    last = alice.heard("https").last
    expect(last.locator(".reaction")).to_be_visible()
    alice.heard("gladly").hover()  # moves the bar there, which must not be copied
    last.evaluate(MANY)
    expect(alice.heard("https")).to_have_count(1001)
    alice.composer.focus()
    keyboard.press("Shift+Tab")
    expect(last).to_be_focused()  # as before
    for key, place in (("Home", alice.heard("see you at five")), ("End", alice.heard("gladly"))):
        keyboard.press(key)
        expect(place).to_be_focused()
        expect(place).to_be_in_viewport()
    keyboard.press("ArrowDown")
    expect(alice.heard("gladly")).to_be_focused()
    keyboard.press("ArrowUp")
    expect(last).to_be_focused()
    for name in ("https://example.org/", "You reacted: ❤️", "React", "Reply", "More"):
        keyboard.press("Tab")
        expect(focused).to_have_accessible_name(name)
    keyboard.press("Tab")
    expect(alice.composer).to_be_focused()
    keyboard.press("Shift+Tab")
    expect(last).to_be_focused()
    keyboard.press("Shift+Tab")
    expect(focused).to_have_accessible_name(f"More actions for {bob.name}")
    keyboard.press("Tab")
    expect(last).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("ArrowDown")
    expect(alice.heard("gladly")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Escape")
    expect(alice.composer).to_be_focused()


def test_the_shortcuts_open_by_key_and_from_the_menu(talk):
    alice, _ = talk
    dialog = alice.page.get_by_role("dialog", name="Keyboard shortcuts")
    alice.composer.press("?")
    expect(alice.composer).to_have_value("?")
    alice.composer.press("Control+/")
    expect(dialog).to_be_visible()
    is_accessible(alice.page)
    alice.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(alice.composer).to_be_focused()
    alice.page.locator(".me__name").focus()
    alice.page.keyboard.press("?")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Turn off the ? shortcut").check()
    dialog.get_by_role("button", name="Close").click()
    alice.page.keyboard.press("?")
    expect(dialog).to_be_hidden()
    alice.page.evaluate("document.activeElement.blur()")
    alice.page.keyboard.press("?")
    expect(dialog).to_be_hidden()
    alice.page.locator(".me__name").click()
    alice.page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(dialog).to_be_visible()
    alice.page.keyboard.press("Escape")
    expect(alice.page.locator(".me__name")).to_be_focused()


def test_a_person_is_found_from_a_conversation_on_a_phone(somebody, bob):
    alice = somebody("alice", **PHONE)
    alice.chooses(bob)
    alice.page.keyboard.press("Control+k")
    expect(alice.page.get_by_role("searchbox")).to_be_focused()
    alice.page.locator(".me__name").tap()
    alice.page.get_by_role("button", name="Keyboard shortcuts").tap()
    expect(alice.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    fits(alice.page)
