"""The actions of a message: a bar that floats over it, a menu, and a sheet on a touch screen."""

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility.test_layout_shift import is_still, watches
from tests.browser.audit import fits, is_accessible, is_hit
from tests.browser.conftest import PHONE

CLIPBOARD = ["clipboard-read", "clipboard-write"]
BOXES = """pane => [...pane.querySelectorAll('.message, .note, .pane__scroller')].map((element) => {
  const { x, y, width, height } = element.getBoundingClientRect()
  const { scrollHeight, scrollWidth } = element.closest('.pane__scroller')
  return [x, y, width, height, scrollHeight, scrollWidth].join()
})"""
STILL = {"reduced_motion": "reduce"}  # new messages don't slide in


def bar(person):
    return person.page.locator(".message-actions")


def is_shown(locator) -> None:
    expect(locator).to_have_css("clip-path", "none")


def is_hidden(locator) -> None:
    expect(locator).to_have_css("clip-path", "inset(50%)")


def edits(person, text, new):
    person.acts_on(text, "More", "Edit")
    expect(person.page.locator("#editing")).to_be_visible()
    person.says(new)
    expect(person.page.locator("#editing")).to_be_hidden()


def focused(person):
    return person.page.locator(":focus")


@pytest.fixture
def talk(alice, bob):
    """Each user has sent a message that the other's window shows."""
    bob.chooses(alice)
    alice.chooses(bob).says("see you at five")
    bob.hears("see you at five")
    bob.says("gladly")
    alice.hears("gladly")
    expect(alice.heard("see you at five").locator(".state--delivered")).to_be_visible()
    return alice, bob


# With a mouse


def test_pointing_at_messages_moves_nothing(somebody, bob):
    alice = somebody("alice", **STILL, viewport={"width": 1440, "height": 1400}).chooses(bob)
    bob.chooses(alice)
    for text in ("one", "a long line " * 12, "https://example.org/", "two\nlines", "ok"):
        alice.says(text)
        bob.says(text)
    expect(alice.pane.locator(".transcript .message")).to_have_count(10)
    expect(alice.pane.locator(".state--delivered")).to_have_count(5)
    boxes = alice.pane.evaluate(BOXES)
    watches(alice)
    for message in alice.pane.locator(".transcript .message").all():
        message.hover()
        is_shown(message.locator(".message-actions"))
        for button in bar(alice).get_by_role("button").all():
            button.hover()
        is_shown(bar(alice))
        fits(alice.page)
        assert alice.pane.evaluate(BOXES) == boxes
    is_still(alice)
    alice.composer.hover()
    is_hidden(bar(alice))


@pytest.mark.parametrize("locale", ["en-US", pytest.param("ar", marks=pytest.mark.matrix)])
def test_the_bar_and_the_menu_are_next_to_their_message_and_in_the_window(somebody, bob, locale):
    alice = somebody("alice", locale=locale, viewport={"width": 390, "height": 600})
    bob.chooses(alice)
    alice.chooses(bob)
    for number, text in enumerate(("ok", "a long line " * 40)):
        alice.says(f"{number} {text}")
        bob.hears(f"{number} {text}")
        bob.says(f"{number + 2} {text}")
        alice.hears(f"{number + 2} {text}")
    menu = alice.page.locator("#message-menu")
    for message in alice.pane.locator(".transcript .message").all():
        for button in (0, 2):
            message.hover()
            box = bar(alice).locator("div").bounding_box()
            near = message.bounding_box()
            assert 0 <= box["x"] < box["x"] + box["width"] <= 390
            assert near["y"] - 60 < box["y"] < near["y"] + near["height"]
            bar(alice).get_by_role("button").nth(button).click()
            expect(menu).to_be_visible()
            place = menu.bounding_box()
            assert 0 <= place["x"] < place["x"] + place["width"] <= 390
            below, above = place["y"] - box["y"] - box["height"], box["y"] - place["y"]
            assert 0 <= below < 16 or 0 <= above - place["height"] < 16
            alice.page.keyboard.press("Escape")
            expect(menu).to_be_hidden()


def test_the_bar_of_a_message_that_is_higher_than_the_window_stays_in_view(talk):
    alice, _ = talk
    alice.says("a line\n" * 60)
    message = alice.heard("a line")
    expect(message).to_be_in_viewport()
    alice.page.mouse.move(1300, 600)
    is_shown(message.locator(".message-actions"))
    expect(bar(alice).get_by_role("button", name="Reply")).to_be_in_viewport(ratio=1)


def test_text_is_selected_and_links_are_followed_under_the_bar(talk):
    alice, bob = talk
    bob.says("see https://example.org/ there")
    message = alice.heard("see https")
    message.locator("p").dblclick(position={"x": 10, "y": 10})
    assert alice.page.evaluate("getSelection().toString().trim()") == "see"
    alice.page.context.route("https://example.org/", lambda route: route.fulfill(body="there"))
    with alice.page.context.expect_page() as opened:
        message.get_by_role("link").click()
    assert opened.value.url == "https://example.org/"


def test_a_reaction_is_shown_in_all_windows_and_removed_by_the_same_again(talk):
    alice, bob = talk
    other = bob.opens_another_window().chooses(alice)
    text = "see you at five"
    bob.acts_on(text, "React", "❤️")
    expect(alice.heard(text)).to_contain_text(f"{bob.name} reacted:")
    expect(alice.heard(text).locator(".reaction")).to_contain_text("❤️")
    expect(bob.heard(text)).to_contain_text("You reacted:")
    expect(other.heard(text)).to_have_count(0)
    bob.acts_on(text, "React", "😢")
    expect(alice.heard(text).locator(".reaction")).to_contain_text("😢")
    bob.acts_on(text, "React")
    sad = bob.page.get_by_role("dialog", name="Actions").get_by_role("button", name="😢")
    expect(sad).to_have_attribute("aria-pressed", "true")
    bob.page.keyboard.press("Escape")
    bob.heard(text).get_by_role("button", name="You reacted: 😢").click()
    for person in talk:
        expect(person.heard(text).locator(".reaction")).to_have_count(0)
    expect(bob.heard(text)).to_be_focused()


def test_any_one_emoji_is_a_reaction_and_other_text_is_refused_beside_it(talk):
    alice, bob = talk
    bob.acts_on("see you at five", "React")
    menu = bob.page.get_by_role("dialog", name="Actions")
    field = menu.get_by_label("Any emoji")
    for text in ("nice", "1", "👍👍"):
        field.fill(text)
        field.press("Enter")
        expect(menu.get_by_text("A reaction is one emoji.")).to_be_visible()
        expect(field).to_have_value(text)
    is_accessible(bob.page)
    field.press("Escape")
    expect(bob.heard("see you at five")).to_be_focused()
    bob.acts_on("see you at five", "React")
    expect(field).to_have_value("")
    field.fill("🦩 ")
    expect(menu.get_by_text("A reaction is one emoji.")).to_be_hidden()
    field.press("Enter")
    expect(menu).to_be_hidden()
    expect(alice.heard("see you at five").locator(".reaction")).to_contain_text("🦩")
    bob.acts_on("see you at five", "React")
    field.fill("❤")  # as some keyboards send it
    menu.get_by_role("button", name="React", exact=True).click()
    expect(alice.heard("see you at five").locator(".reaction")).to_contain_text("❤️")


def test_an_edit_leaves_the_reactions_and_the_menus_are_accessible(talk):
    alice, bob = talk
    bob.acts_on("see you at five", "React", "👍")
    expect(alice.heard("see you at five").locator(".reaction")).to_be_visible()
    edits(alice, "see you at five", "see you at four")
    expect(bob.heard("see you at four").locator(".reaction")).to_be_visible()
    bob.heard("see you at four").hover()
    is_accessible(bob.page)
    for button in ("React", "More"):
        bob.acts_on("see you at four", button)
        is_accessible(bob.page)
        bob.page.keyboard.press("Escape")


def test_only_own_messages_are_edited_and_unsent_and_only_those_of_others_reported(talk):
    alice, _ = talk
    menu = alice.page.get_by_role("dialog", name="Actions").get_by_role("button")
    alice.acts_on("see you at five", "More")
    expect(menu).to_have_text(["Copy", "Edit", "Unsend"], use_inner_text=True)
    alice.page.keyboard.press("Escape")
    alice.acts_on("gladly", "More")
    expect(menu).to_have_text(["Copy", "Report"])


@pytest.mark.parametrize("has_clipboard", [True, False])
def test_copy_copies_the_text_as_it_was_written(talk, has_clipboard):
    alice, bob = talk
    text = "> see you\n  at *five*\n\nhttps://example.org/?a=1&b=2 <b>"
    bob.says(text)
    alice.hears("https")
    alice.page.context.grant_permissions(CLIPBOARD)
    alice.page.evaluate("navigator.clipboard.writeText('something else')")
    if not has_clipboard:  # as on a plain-http address of a local network
        alice.page.evaluate("""() => {
            window.clipboard = navigator.clipboard
            Object.defineProperty(navigator, 'clipboard', { value: undefined })
        }""")
    alice.acts_on("https", "More", "Copy")
    expect(alice.page.get_by_role("status").get_by_text("Copied.")).to_be_visible()
    read = "(window.clipboard ?? navigator.clipboard).readText()"
    assert alice.page.evaluate(read) == text
    assert alice.page.evaluate("getSelection().toString()") == ""
    expect(alice.heard("https")).to_be_focused()


# Where the focus goes


def test_the_focus_returns_to_the_message_after_every_menu_and_dialog(talk):
    alice, _ = talk
    keyboard = alice.page.keyboard
    message = alice.heard("gladly")
    menu = alice.page.locator("#message-menu")
    keyboard.press("Shift+Tab")
    for tabs, dialog in ((1, menu), (3, menu), (0, alice.page.locator("#shortcuts"))):
        expect(message).to_be_focused()
        for _ in range(tabs):
            keyboard.press("Tab")
        keyboard.press("Enter" if tabs else "?")
        expect(dialog).to_be_visible()
        keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    expect(message).to_be_focused()
    for _ in range(2):  # the buttons of the bar are hidden while a dialog has the focus
        keyboard.press("Tab")
    keyboard.press("?")
    expect(alice.page.locator("#shortcuts")).to_be_visible()
    keyboard.press("Escape")
    expect(message).to_be_focused()
    for key in ("Shift+F10", "ContextMenu"):
        keyboard.press(key)
        expect(menu).to_be_visible()
        keyboard.press("Escape")
        expect(message).to_be_focused()
    keyboard.press("Shift+F10")
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(alice.page.locator("#report")).to_be_visible()
    keyboard.press("Escape")
    expect(message).to_be_focused()
    keyboard.press("Escape")
    expect(alice.composer).to_be_focused()


def test_a_message_that_is_unsent_while_its_menu_is_open_closes_it(talk):
    alice, bob = talk
    for number, text in enumerate(("first slip", "second slip")):
        bob.says(text)
        alice.acts_on(text, "More" if number else "React")
        bob.unsends(text)
        expect(alice.heard(text)).to_have_count(0)
        expect(alice.page.locator("#message-menu")).to_be_hidden()
        expect(alice.composer).to_be_focused()
    alice.heard("gladly").hover()
    is_shown(bar(alice))


def test_the_bar_and_the_focus_survive_edits_and_a_cleared_conversation(talk):
    alice, bob = talk
    alice.page.keyboard.press("Shift+Tab")
    expect(alice.heard("gladly")).to_be_focused()
    edits(bob, "gladly", "or at six: https://example.org/")
    expect(alice.heard("or at six")).to_be_focused()
    alice.page.keyboard.press("Tab")
    expect(focused(alice)).to_have_attribute("href", "https://example.org/")
    edits(bob, "or at six", "or at seven")
    expect(alice.heard("or at seven")).to_be_focused()
    alice.page.keyboard.press("Tab")
    expect(focused(alice)).to_have_accessible_name("React")
    bob.clears()
    expect(alice.heard("or at seven")).to_have_count(0)
    expect(alice.composer).to_be_focused()
    bob.says("a new beginning")
    alice.heard("a new beginning").hover()
    is_shown(bar(alice))


# On a touch screen


@pytest.fixture
def phone(somebody, bob):
    """A user with a phone who has sent and received a message."""
    person = somebody("phoebe", **PHONE, **STILL)
    bob.chooses(person)
    person.chooses(bob).says("see https://example.org/ from a phone")
    bob.hears("from a phone")
    bob.says("to a phone")
    person.hears("to a phone")
    expect(person.heard("from a phone").locator(".state--delivered")).to_be_visible()
    return person


def test_a_long_press_opens_all_actions_at_the_lower_edge(phone, bob):
    before = phone.pane.evaluate(BOXES)
    sheet = phone.page.get_by_role("dialog", name="Actions")
    phone.holds("from a phone")
    expect(sheet.get_by_role("button")).to_have_count(10)
    box = sheet.bounding_box()
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 320, 640)
    is_hit(phone.page)
    is_accessible(phone.page)
    sheet.get_by_role("button", name="Edit").tap()
    expect(phone.composer).to_have_value("see https://example.org/ from a phone")
    phone.page.get_by_role("button", name="Cancel").tap()
    phone.holds("to a phone")
    sheet.get_by_role("button", name="❤️").tap()
    expect(bob.heard("to a phone").locator(".reaction")).to_contain_text("❤️")
    phone.heard("to a phone").get_by_role("button", name="You reacted").tap()
    expect(phone.heard("to a phone").locator(".reaction")).to_have_count(0)
    expect(sheet).to_be_hidden()
    phone.holds("to a phone")
    phone.page.touchscreen.tap(160, 100)
    expect(sheet).to_be_hidden()
    assert phone.pane.evaluate(BOXES) == before
    phone.holds("from a phone")
    sheet.get_by_role("button", name="Unsend").tap()
    expect(bob.heard("from a phone")).to_have_count(0)
    expect(phone.composer).not_to_be_focused()  # the on-screen keyboard stays away


def test_a_tap_a_short_press_and_one_that_moves_open_nothing(phone):
    phone.page.clock.install()
    sheet = phone.page.locator("#message-menu")
    before = phone.pane.evaluate(BOXES)
    phone.heard("to a phone").tap()
    touch = phone.touches("to a phone")
    phone.page.clock.run_for(499)
    touch("touchEnd")
    phone.page.clock.run_for(1_000)
    touch = phone.touches("to a phone")
    touch("touchMove", by=40)
    phone.page.clock.run_for(1_000)
    touch("touchEnd")
    expect(sheet).to_have_count(0)
    assert phone.pane.evaluate(BOXES) == before
    expect(bar(phone)).to_have_count(0)
    touch = phone.touches("to a phone")
    phone.page.clock.run_for(500)
    expect(sheet).to_be_visible()
    touch("touchEnd")
    expect(sheet).to_be_visible()
