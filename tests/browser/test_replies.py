"""A reply quotes a message, and its quote leads back to that message."""

import pytest
from playwright.sync_api import expect

from tests.browser.audit import fits, is_accessible, is_hit
from tests.browser.conftest import PHONE
from tests.browser.wires import is_back, is_cut_off

LINK = "Go to the original message"
GONE = "The original message is no longer here."


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


def test_a_reply_needs_nothing_that_is_loaded_later(talk):
    alice, bob = talk
    bob.page.route("**/lazy-actions/", lambda route: route.abort())
    bob.acts_on("see you at five", "Reply")
    bob.says("gladly")
    alice.hears("gladly")
    assert text_of(alice, "gladly") == "> see you at five\ngladly"


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


def test_an_unsent_reply_returns_to_the_composer_with_its_quotation(both):
    alice, bob = both
    alice.says("see you at five")
    bob.hears("see you at five")
    alice.page.goto("about:blank")
    alice.forgives_the_wire()
    bob.says("are you there?")
    expect(bob.heard("are you there?").locator(".state--waiting")).to_be_visible(timeout=30_000)
    replies_to(bob, "see you at five")
    bob.says("gladly")
    bob.writes("and more")
    bob.pane.locator(".outbox").get_by_role("button", name="Edit").click()
    expect(bar(bob)).to_have_text("see you at five")
    expect(bob.composer).to_have_value("gladly\nand more")
    # The bar would quote more than the text that was typed.
    for written in ("> five\ngladly", "> \ngladly"):
        bob.composer.press("Escape")
        bob.says(written)
        bob.pane.locator(".outbox").get_by_role("button", name="Edit").click()
        expect(bar(bob)).to_be_hidden()
        expect(bob.composer).to_have_value(written)


def jumps(person, reply):
    """Use the button of the quote, which only a focused message has among the tab stops."""
    person.heard(reply).focus()
    person.page.keyboard.press("Tab")
    expect(person.heard(reply).get_by_role("button", name=LINK)).to_be_focused()
    person.page.keyboard.press("Enter")


def test_a_quote_leads_to_the_original_in_a_long_conversation(talk):
    alice, bob = talk
    bob.page.evaluate(FILL)
    replies_to(bob, "see you at five")
    bob.says("gladly")
    alice.hears("gladly")
    bob.hears("gladly")
    original = bob.heard("see you at five").first
    for lead in (lambda: jumps(bob, "gladly"), bob.heard("gladly").locator(".quote").click):
        bob.heard("gladly").scroll_into_view_if_needed()
        expect(original).not_to_be_in_viewport()
        lead()
        expect(original).to_be_in_viewport(ratio=1)
        expect(original).to_be_focused()
        expect(original).to_have_attribute("data-found", "")
    expect(original).not_to_have_attribute("data-found", "")


# Messages of another page, because sending so many would take a minute.
FILL = """() => {
  const last = document.querySelector('.pane:target .transcript:last-of-type')
  for (let group = 0; group < 6; group += 1) {
    const list = last.cloneNode()
    list.removeAttribute('id')
    for (let number = 0; number < 40; number += 1) {
      const message = last.querySelector('.message').cloneNode(true)
      message.id = `message-0-${group}-${number}`
      const text = message.querySelector('.message__text')
      text.textContent = text.written = `line ${group * 40 + number}`
      list.append(message)
    }
    last.before(list)
  }
  last.parentElement.prepend(last.cloneNode(false))
  const first = last.parentElement.firstElementChild
  first.removeAttribute('id')
  first.append(last.querySelector('.message'))
}"""


def test_a_quote_says_so_when_its_original_is_gone(talk):
    alice, bob = talk
    bob.says("> see you at five\ngladly")
    bob.says("> see you at…\nvery gladly")
    bob.says("> \nof nothing")
    alice.hears("of nothing")
    jumps(alice, "of nothing")
    expect(alice.page.get_by_text(GONE)).to_be_visible()
    jumps(alice, "very gladly")
    original = alice.heard("see you at five").first
    expect(original).to_be_focused()
    original.hover()
    original.get_by_role("button", name="More", exact=True).click()
    alice.page.get_by_role("dialog", name="Actions").get_by_role("button", name="Unsend").click()
    expect(alice.pane.locator(".message")).to_have_count(3)
    jumps(alice, "very gladly")
    expect(alice.page.get_by_text(GONE)).to_be_visible()
    expect(alice.page.get_by_role("status").filter(has_text=GONE)).to_have_count(1)
    is_accessible(alice.page)
    alice.says("calm")
    expect(alice.page.get_by_text(GONE)).to_have_count(0)


def test_the_nearest_whole_message_is_the_original(talk):
    alice, bob = talk
    for text in ("five", "so five it is", "> five\nyes"):
        alice.says(text)
    bob.hears("yes")
    jumps(bob, "yes")
    expect(bob.pane.locator(".message:focus .message__text")).to_have_text("five")


def test_a_reply_on_a_phone(somebody, bob):
    alice = somebody("alice", **PHONE)
    bob.chooses(alice).says("see you at five, or " + "much " * 40 + "later")
    alice.conversation(bob).tap()  # a mouse pointer would rest on a message
    alice.hears("see you at five")
    alice.holds("see you at five")
    alice.page.get_by_role("dialog", name="Actions").get_by_role("button", name="Reply").tap()
    expect(bar(alice)).to_be_visible()
    fits(alice.page)
    is_hit(alice.page)
    alice.writes("gladly")
    alice.pane.get_by_role("button", name="Send", exact=True).tap()
    bob.hears("gladly")
    expect(alice.heard("gladly")).to_contain_text("delivered")
    is_hit(alice.page)
    alice.heard("gladly").locator(".quote").tap()
    expect(alice.heard("see you at five").first).to_be_focused()
    expect(alice.page.locator(".message-actions")).to_have_count(0)  # a long press opens them
