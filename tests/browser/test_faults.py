"""No message is lost silently when connections break, servers die and people come and go."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, becomes
from tests.browser.wires import is_back, is_cut_off


@pytest.fixture
def alice(both):
    return both[0]


@pytest.fixture
def bob(both):
    return both[1]


def transcript(person):
    texts = person.pane.locator(".transcript .message__text").all_text_contents()
    return [text.strip() for text in texts]


def all_delivered(person, count):
    delivered = person.pane.locator(".transcript .state--delivered")
    expect(delivered).to_have_count(count, timeout=20_000)


def test_a_cut_connection_loses_nothing_in_either_direction(alice, bob):
    alice.says("one")
    bob.hears("one")
    bob.wire.cut()
    is_cut_off(bob)
    alice.says("two")
    alice.says("three")
    bob.says("uno")
    bob.says("dos")
    expect(bob.pane.locator(".outbox .message")).to_have_count(2)
    is_back(bob)
    bob.hears("three")
    alice.hears("dos")
    all_delivered(alice, 3)
    all_delivered(bob, 2)
    for person in (alice, bob):
        said = transcript(person)
        assert sorted(said) == ["dos", "one", "three", "two", "uno"]
        assert [text for text in said if text in {"one", "two", "three"}] == ["one", "two", "three"]
        assert said.index("uno") < said.index("dos")


def test_a_stalled_connection_delivers_later(alice, bob):
    bob.wire.freeze()
    alice.says("slow")
    expect(alice.heard("slow")).to_contain_text("sending")
    bob.wire.mend()
    bob.hears("slow")
    all_delivered(alice, 1)


def test_a_half_open_connection_is_noticed_and_typed_text_is_sent_once(alice, bob):
    bob.wire.blackhole()
    bob.says("into the void")
    alice.says("towards the void")
    is_cut_off(bob)
    is_back(bob)
    alice.hears("into the void")
    bob.hears("towards the void")
    all_delivered(bob, 1)
    all_delivered(alice, 1)
    for person in (alice, bob):
        assert sorted(transcript(person)) == ["into the void", "towards the void"]


@pytest.mark.parametrize("fault", ["cut", "blackhole"])
def test_what_is_done_without_a_connection_is_done_once_it_is_back(alice, bob, fault):
    """Regardless of whether the page has noticed that the connection is lost."""
    alice.says("oops")
    alice.says("hear, hear")
    bob.hears("hear, hear")
    all_delivered(alice, 2)
    alice.acts_on("hear, hear", "React", "👍")
    reaction = ".reaction:not(.message-actions *)"
    expect(bob.heard("hear, hear").locator(reaction)).to_contain_text("👍")
    alice.says("praise")
    bob.hears("praise")
    all_delivered(alice, 3)
    getattr(alice.wire, fault)()
    if fault == "cut":
        is_cut_off(alice)
    alice.unsends("oops")
    alice.acts_on("praise", "React", "❤️")
    alice.heard("hear, hear").locator(".reaction--mine").click()
    expect(alice.heard("oops")).to_contain_text("Unsending…")
    expect(alice.heard("oops").locator(".kept__doing")).to_be_visible()
    expect(alice.heard("oops").locator(".kept__undone")).not_to_be_visible()
    is_cut_off(alice)
    expect(bob.heard("oops")).to_have_count(1)
    is_back(alice)
    for person in (alice, bob):
        expect(person.heard("oops")).to_have_count(0)
        expect(person.heard("praise").locator(reaction)).to_contain_text("❤️")
        expect(person.heard("hear, hear").locator(reaction)).to_have_count(0)
        expect(person.heard("hear, hear")).to_have_count(1)
    expect(alice.pane.locator(".kept")).to_have_count(0)


@pytest.mark.parametrize(
    "fault", ["cut", pytest.param("blackhole", marks=pytest.mark.matrix), "freeze"]
)
def test_clearing_without_a_connection_clears_once_it_is_back(alice, bob, fault):
    alice.says("burn this")
    bob.hears("burn this")
    all_delivered(alice, 1)
    getattr(alice.wire, fault)()
    if fault == "cut":
        is_cut_off(alice)
    alice.clears()
    expect(alice.pane.locator(".kept__doing")).to_have_text("Clearing…")
    expect(alice.pane.locator(".kept__doing")).to_be_visible()
    expect(alice.heard("burn this")).to_have_count(1)
    if fault != "freeze":
        is_cut_off(alice)
    is_back(alice)
    for person in (alice, bob):
        expect(person.pane).to_contain_text("cleared this conversation")
        expect(person.heard("burn this")).to_have_count(0)
    expect(alice.pane.locator(".kept")).to_have_count(0)


def test_a_block_that_fails_says_so_while_the_page_tries_to_reconnect(alice, bob):
    alice.wire.cut()
    is_cut_off(alice)
    alice.opens_dialog("Block").get_by_role("button", name="Block").click()
    expect(alice.page.locator("#connection")).to_contain_text("couldn’t be loaded")
    alice.page.evaluate("""() => {
        window.attempts = 0
        document.addEventListener('htmx:wsClose', () => { window.attempts += 1 })
    }""")
    becomes(lambda: alice.page.evaluate("window.attempts") > 1, True)
    expect(alice.page.locator("#connection")).to_contain_text("couldn’t be loaded")
    assert "htmx:sendError" in str(alice.errors)
    alice.errors.clear()


def test_after_a_long_absence_a_line_says_what_is_missing(alice, bob):
    alice.says("before")
    bob.hears("before")
    bob.wire.cut()
    alice.says("while you were away")
    waiting = alice.heard("while you were away").locator(".state--waiting")
    expect(waiting).to_be_visible(timeout=30_000)
    expect(alice.heard("while you were away")).to_contain_text(bob.name)
    bob.wire.mend()
    expect(bob.pane.locator(".note--gap")).to_contain_text("You were offline", timeout=20_000)
    # Only Alice's page still has it, and resends it now that Bob is back.
    bob.hears("while you were away")
    all_delivered(alice, 2)
    assert transcript(bob) == ["before", "while you were away"]


# Texts of buttons that take more than one line.
BROKEN = """buttons => buttons.flatMap((button) => {
  const range = document.createRange()
  const [text] = [...button.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
  return [...text.data.matchAll(/\\S+/g)].filter(({ 0: word, index }) => {
    range.setStart(text, index)
    range.setEnd(text, index + word.length)
    return range.getClientRects().length > 1
  }).map(String)
})"""
COLOR = "element => getComputedStyle(element).color"


def is_calm_and_fits_a_phone(person, message):
    soft = message.locator("time").evaluate(COLOR)
    assert message.locator(".state--waiting").evaluate(COLOR) == soft
    person.page.set_viewport_size(PHONE["viewport"])
    buttons = person.pane.locator(".state--waiting + .unsent-actions .button")
    expect(buttons.first).to_be_visible()
    assert buttons.evaluate_all(BROKEN) == []
    person.page.set_viewport_size(DESKTOP)


def test_the_page_waits_for_a_person_without_a_window(alice, bob):
    alice.says("praise")
    bob.hears("praise")
    bob.page.goto("about:blank")
    alice.says("last words")
    message = alice.heard("last words")
    expect(message.locator(".state--waiting")).to_be_visible(timeout=30_000)
    is_calm_and_fits_a_phone(alice, message)
    alice.acts_on("praise", "React", "❤️")
    expect(alice.page.locator("#notices")).to_contain_text(f"{bob.name} isn’t connected.")
    expect(alice.pane.locator(".kept")).to_have_count(0)
    alice.says("are you there?")
    outbox = alice.pane.locator(".outbox")
    expect(outbox).to_contain_text(f"Waiting for {bob.name}. {bob.name} isn’t connected.")
    bob.page.goto(bob.wire.url)
    bob.is_connected()
    bob.chooses(alice).hears("are you there?")
    bob.hears("last words")
    all_delivered(alice, 3)
    expect(outbox.locator(".message")).to_have_count(0)


@pytest.mark.matrix
def test_closing_the_page_stops_waiting(alice, bob):
    bob.page.goto("about:blank")
    alice.says("never mind")
    expect(alice.heard("never mind").locator(".state--waiting")).to_be_visible(timeout=30_000)
    alice.comes_again()
    bob.page.goto(bob.wire.url)
    bob.is_connected()
    alice.says("something else")
    bob.chooses(alice).hears("something else")
    assert transcript(bob) == ["something else"]


@pytest.mark.matrix
def test_a_refused_message_can_be_edited(alice, bob):
    bob.page.goto("about:blank")
    alice.says("first")
    expect(alice.heard("first").locator(".state--waiting")).to_be_visible(timeout=30_000)
    alice.says("typo")
    alice.pane.locator(".outbox").get_by_role("button", name="Edit").click()
    expect(alice.composer).to_have_value("typo")
    expect(alice.composer).to_be_focused()
    expect(alice.pane.locator(".outbox .message")).to_have_count(0)


def test_a_reloaded_page_gets_what_no_window_has_shown(alice, bob):
    alice.says("seen")
    bob.hears("seen")
    all_delivered(alice, 1)
    bob.wire.blackhole()
    alice.says("not seen yet")
    bob.wire.has_swallowed("not seen yet")
    expect(alice.heard("not seen yet")).to_contain_text("sending")
    bob.wire.mend()
    bob.comes_again()
    bob.hears("not seen yet")
    all_delivered(alice, 2)
    assert transcript(bob) == ["not seen yet"]


def test_unsending_removes_a_message_everywhere_even_from_pages_that_were_away(alice, bob):
    other = alice.opens_another_window().chooses(bob)
    alice.says("oops")
    alice.says("fine")
    bob.hears("oops")
    other.hears("oops")
    bob.wire.cut()
    is_cut_off(bob)
    alice.unsends("oops")
    expect(alice.heard("oops")).to_have_count(0)
    expect(other.heard("oops")).to_have_count(0)
    is_back(bob)
    expect(bob.heard("oops")).to_have_count(0)
    bob.hears("fine")


def test_clearing_for_both_reports_its_progress_truthfully(alice, bob):
    other = alice.opens_another_window().chooses(bob)
    alice.says("burn this")
    bob.hears("burn this")
    other.hears("burn this")
    bob.wire.cut()
    is_cut_off(bob)
    alice.clears()
    expect(alice.pane).to_contain_text("Cleared in 2 of 3 windows")
    expect(alice.pane).to_contain_text("1 window is offline and will be cleared when it reconnects")
    is_back(bob)
    expect(bob.pane).to_contain_text(f"{alice.name} cleared this conversation for both")
    expect(alice.pane).to_contain_text("Cleared in 3 of 3 windows.")
    for person in (alice, bob, other):
        expect(person.heard("burn this")).to_have_count(0)


@pytest.mark.matrix
def test_a_window_that_does_not_return_does_not_count_as_cleared(alice, bob):
    alice.says("burn this")
    bob.hears("burn this")
    bob.page.goto("about:blank")
    alice.clears()
    expect(alice.pane).to_contain_text("1 window didn’t reconnect in time", timeout=30_000)


def test_a_reload_shows_no_change_of_presence(alice, bob):
    alice.page.evaluate("""() => {
        window.changes = 0
        const count = () => { window.changes += 1 }
        for (const place of document.querySelectorAll('.pane__presence')) {
            new MutationObserver(count).observe(
              place, { childList: true, subtree: true, characterData: true }
            )
        }
    }""")
    for _ in range(20):
        bob.page.reload()
    bob.is_connected()
    bob.says("still here")
    alice.hears("still here")
    assert alice.page.evaluate("window.changes") == 0


def test_a_page_whose_script_fails_still_says_that_the_server_is_silent(alice, bob):
    line = alice.page.locator(".status__line--silent")
    expect(line).to_have_count(1)
    expect(line).not_to_be_visible()
    # Finish the animation that shows the silence, because no heartbeat restarts it.
    alice.wire.blackhole()
    line.evaluate("line => line.getAnimations()[0].finish()")
    expect(line).to_be_visible()


def test_the_page_reconnects_at_once_when_the_network_is_back(alice, bob):
    alice.page.context.set_offline(True)
    expect(alice.page.locator("#connection")).to_contain_text("Reconnecting…")
    alice.says("typed in the tunnel")
    alice.page.context.set_offline(False)
    bob.hears("typed in the tunnel")
    expect(alice.page.locator("#connection")).to_be_empty()
