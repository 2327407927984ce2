"""Translations and extensions change the displayed text, but the page sends the original."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_reporting import read, reports, sends
from tests.browser.test_transcript import copied

# Acts like a translator: replaces each text, now and later, and wraps it in <font>. Unlike real
# ones, it ignores translate="no".
TRANSLATE = """() => {
  const untouched = 'script, style, template, textarea, title, option, font'
  const translate = (place) => {
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT)
    const texts = []
    while (walker.nextNode()) texts.push(walker.currentNode)
    for (const text of texts) {
      if (!text.data.trim() || text.parentElement.closest(untouched)) continue
      const font = document.createElement('font')
      font.textContent = `«${text.data.trim()}»`
      text.replaceWith(font)
    }
  }
  translate(document.body)
  new MutationObserver((changes) => {
    const added = changes.flatMap(({ addedNodes }) => [...addedNodes])
    for (const node of added) if (node.isConnected) translate(node.parentElement)
  }).observe(document.body, { childList: true, subtree: true })
}"""


@pytest.fixture
def talk(alice, bob):
    """Both users have a translated page, and each has sent a message."""
    alice.chooses(bob)
    bob.chooses(alice)
    for person in (alice, bob):
        person.page.evaluate(TRANSLATE)
    alice.says("see you\nat five")
    bob.hears("«see you\nat five»")
    expect(alice.heard("see you")).to_contain_text("delivered")
    return alice, bob


def shown(person) -> list[str]:
    return person.pane.locator(".transcript .message__text").all_text_contents()


def test_a_waiting_message_is_sent_as_written(alice, somebody):
    bob = somebody("bob", signed_up=False).registers()
    alice.comes_again().chooses(bob).says("see you at five")
    expect(alice.pane.locator(".outbox .state--waiting")).to_be_visible()
    alice.page.evaluate(TRANSLATE)
    expect(alice.pane.locator(".outbox .message__text")).to_have_text("«see you at five»")
    bob.page.goto(f"{bob.url}/")
    bob.is_connected().chooses(alice).hears("see you at five")
    assert shown(bob) == ["see you at five"]
    expect(bob.pane).not_to_contain_text("«")


def test_a_waiting_message_returns_to_the_composer_as_written(alice, somebody):
    bob = somebody("bob", signed_up=False).registers()
    alice.comes_again().chooses(bob)
    alice.page.evaluate(TRANSLATE)
    alice.says("  see you at five")
    waiting = alice.pane.locator(".outbox .message", has_text="see you")
    expect(waiting.locator(".state--waiting")).to_be_visible()
    waiting.get_by_role("button", name="Edit").click()
    expect(alice.composer).to_have_value("  see you at five")


def test_edits_and_quotes_use_the_original_text(talk):
    alice, bob = talk
    untouched = alice.opens_another_window().chooses(bob)
    alice.composer.press("ArrowUp")
    expect(alice.composer).to_have_value("see you\nat five")
    alice.composer.press("Enter")
    expect(alice.page.locator("#editing")).to_be_hidden()
    expect(alice.heard("see you").locator(".message__edited")).to_have_count(0)
    alice.composer.press("ArrowUp")
    alice.says("see you\nat six")
    bob.hears("«see you\nat six»")
    expect(alice.page.locator("#editing")).to_be_hidden()
    bob.acts_on("at six", "Reply")
    bob.composer.press_sequentially("gladly")
    bob.composer.press("Enter")
    untouched.hears("gladly")
    assert shown(untouched) == ["> see you\n> at six\ngladly"]


def test_copies_use_the_original_text(talk):
    alice, bob = talk
    bob.says("gladly")
    alice.hears("«gladly»")
    alice.pane.locator(".pane__scroller").focus()
    alice.page.keyboard.press("Control+a")
    names = [person.page.locator(".me__name bdi").text_content() for person in talk]
    assert copied(alice) == f"{names[0]}: see you\nat five\n{names[1]}: gladly"


def test_reports_use_the_original_text_and_are_verified(talk, somebody, server):
    _, bob = talk
    ruth = somebody("ruth")
    server.makes_staff(ruth.name)
    dialog = reports(bob, "see you")
    sends(dialog)
    told = read(ruth, bob)
    expect(told).to_contain_text("1 of 1")
    expect(told.locator("li", has_text="see you")).not_to_contain_text("«")


def test_names_and_texts_are_not_translated(talk):
    _, bob = talk
    for place in (".message__text", ".pane__peer", ".person__name", ".wordmark", "bdi"):
        found = bob.page.locator(place)
        translated = found.evaluate_all("found => found.map(element => element.translate)")
        assert set(translated) == {False}, place
