"""A reply quotes a message."""

import pytest
from playwright.sync_api import expect

from tests.browser.audit import is_accessible
from tests.browser.wires import is_back, is_cut_off


@pytest.fixture
def talk(alice, bob):
    """Alice has sent a message that Bob's page shows."""
    alice.chooses(bob).says("see you at five")
    bob.chooses(alice).hears("see you at five")
    return alice, bob


def replies_to(person, text):
    person.acts_on(text, "Reply")
    expect(bar(person)).to_be_visible()
    expect(person.composer).to_be_focused()


def bar(person):
    return person.pane.locator(".reply__text")


def text_of(person, text):
    return person.heard(text).locator(".message__text").text_content()


def test_the_quotation_is_above_the_composer_and_precedes_the_text(talk):
    alice, bob = talk
    bob.writes("gladly")
    replies_to(bob, "see you at five")
    expect(bob.pane.get_by_text(f"Replying to {alice.name}:")).to_be_visible()
    expect(bob.composer).to_have_accessible_description(
        f"Replying to {alice.name}: see you at five"
    )
    expect(bob.composer).to_have_value("gladly")
    is_accessible(bob.page)
    bob.composer.press("Enter")
    for person in talk:
        person.hears("gladly")
        assert text_of(person, "gladly") == "> see you at five\ngladly"
    expect(bar(bob)).to_be_hidden()
    expect(bob.composer).to_have_accessible_description("")
    bob.says("no reply any more")
    alice.hears("no reply any more")
    assert text_of(alice, "no reply any more") == "no reply any more"
    replies_to(bob, "no reply any more")
    expect(bob.pane.get_by_text("Replying to yourself:")).to_be_visible()
    expect(bar(bob)).to_have_text("no reply any more")


def test_escape_or_the_button_cancels_a_reply_and_keeps_the_text(talk):
    alice, bob = talk
    bob.writes("half a thought")
    button = bob.pane.get_by_role("button", name="Cancel reply")
    for cancel in (
        lambda: bob.composer.press("Escape"),
        button.click,
        lambda: button.press("Enter"),
    ):
        replies_to(bob, "see you at five")
        cancel()
        expect(bar(bob)).to_be_hidden()
        expect(bob.composer).to_be_focused()
    bob.composer.press("Enter")
    alice.hears("half a thought")
    assert text_of(alice, "half a thought") == "half a thought"


def test_a_quotation_alone_is_not_sent(talk):
    alice, bob = talk
    replies_to(bob, "see you at five")
    bob.composer.press("Enter")
    bob.pane.get_by_role("button", name="Send", exact=True).click()
    expect(bar(bob)).to_be_visible()
    bob.says("gladly")
    alice.hears("gladly")
    expect(alice.pane.locator(".message")).to_have_count(2)


def test_the_quotation_counts_for_the_length(talk):
    alice, bob = talk
    replies_to(bob, "see you at five")  # 18 characters with the mark and the line break
    bob.writes("x" * 3970)
    expect(bob.pane.get_by_text("12 left")).to_be_visible()
    bob.says("x" * 3983)
    expect(bob.pane.get_by_text("1 too many")).to_be_visible()
    expect(bob.composer).to_have_value("x" * 3983)
    bob.composer.press("Escape")
    expect(bob.pane.get_by_text("17 left")).to_be_visible()
    replies_to(bob, "see you at five")
    bob.says("x" * 3982)
    alice.hears("x" * 3982)


def test_a_reply_survives_an_edit_an_unsend_and_a_lost_connection(both):
    alice, bob = both
    for text in ("see you at five", "or at six"):
        alice.says(text)
        bob.hears(text)
    bob.says("a typo")
    expect(bob.heard("a typo")).to_contain_text("delivered")
    replies_to(bob, "see you at five")
    bob.writes("half a thought")
    bob.acts_on("a typo", "More", "Edit")
    expect(bob.composer).to_have_value("a typo")
    expect(bar(bob)).to_be_hidden()
    bob.says("no typo")
    alice.hears("no typo")
    assert text_of(alice, "no typo") == "no typo"
    expect(bar(bob)).to_be_visible()
    expect(bob.composer).to_have_value("half a thought")
    alice.unsends("see you at five")
    expect(bob.heard("see you at five")).to_have_count(0)
    bob.wire.cut()
    is_cut_off(bob)
    is_back(bob)
    bob.composer.press("Enter")
    alice.hears("half a thought")
    assert text_of(alice, "half a thought") == "> see you at five\nhalf a thought"


def test_a_reply_ends_an_edit_and_the_draft_returns(talk):
    alice, bob = talk
    bob.says("a typo")
    expect(bob.heard("a typo")).to_contain_text("delivered")
    bob.composer.press("ArrowUp")
    expect(bob.page.locator("#editing")).to_be_visible()
    replies_to(bob, "see you at five")
    expect(bob.page.locator("#editing")).to_be_hidden()
    expect(bob.composer).to_have_value("")
    bob.says("gladly")
    alice.hears("gladly")
    assert text_of(alice, "gladly") == "> see you at five\ngladly"
    expect(alice.heard("a typo")).to_have_count(1)
