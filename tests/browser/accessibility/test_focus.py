"""The focus stays in place while the page changes."""

from playwright.sync_api import expect

LOOK = """() => { const { activeElement: focused } = document; return [
  focused.className || focused.id || focused.tagName, getComputedStyle(focused).visibility] }"""


def test_tab_follows_the_reading_order(alice, bob):
    alice.chooses(bob)
    alice.comes_again()
    expect(alice.pane).to_be_visible()
    alice.page.locator("h1").evaluate("heading => { heading.tabIndex = -1; heading.focus() }")
    places: list[str] = []
    while "composer__send" not in str(places):
        alice.page.keyboard.press("Tab")
        place, visibility = alice.page.evaluate(LOOK)
        assert visibility == "visible", place
        assert len(places) < 200, places
        places += [place] if place not in places else []
    wanted = ["wordmark", "me__name", "search__field", "person__link", "invite"]
    wanted += ["button button--icon pane__more", "pane__scroller"]
    wanted += ["composer__text", "button composer__attach", "button composer__send"]
    assert places == wanted


def test_searching_keeps_the_focus_and_the_typed_text(alice, bob):
    field = alice.page.get_by_role("searchbox")
    field.press_sequentially(bob.name)
    expect(alice.page.locator("#found .person__link")).to_have_count(1)
    expect(field).to_be_focused()
    field.fill("")
    expect(alice.page.locator("#people")).to_be_visible()
    expect(field).to_be_focused()


def test_incoming_messages_leave_cursor_and_typed_text_alone(alice, bob, somebody):
    bob.chooses(alice)
    alice.chooses(bob).composer.press_sequentially("half a thought")
    alice.composer.press("Home")
    bob.says("an interruption")
    alice.hears("an interruption")
    carol = somebody("carol")
    expect(alice.entry(carol)).to_be_visible()
    carol.chooses(alice).says("and one from elsewhere")
    expect(alice.entry(carol)).to_contain_text("1 unread")
    expect(alice.composer).to_be_focused()
    alice.page.keyboard.type("now ")
    expect(alice.composer).to_have_value("now half a thought")


def test_a_message_is_unsent_by_keyboard(alice, bob):
    alice.chooses(bob).says("this stays")
    alice.says("a slip of the tongue")
    bob.chooses(alice).hears("a slip of the tongue")
    expect(alice.composer).to_be_focused()
    alice.page.keyboard.press("Shift+Tab")
    expect(alice.heard("a slip of the tongue")).to_be_focused()
    bob.says("and this may come meanwhile")
    alice.hears("and this may come meanwhile")
    expect(alice.heard("a slip of the tongue")).to_be_focused()
    for _ in range(3):
        alice.page.keyboard.press("Tab")
    alice.page.keyboard.press("Enter")
    expect(alice.page.get_by_role("dialog", name="Actions")).to_be_visible()
    while alice.page.locator(":focus").inner_text().strip() != "Unsend":
        alice.page.keyboard.press("Tab")
    alice.page.keyboard.press("Enter")
    for person in (alice, bob):
        expect(person.heard("a slip of the tongue")).to_have_count(0)
        person.hears("this stays")
    expect(alice.composer).to_be_focused()


def test_the_skip_link_leads_into_the_open_conversation(alice, bob):
    alice.chooses(bob).says("still here")
    alice.page.get_by_role("link", name="Skip to content").focus()
    alice.page.keyboard.press("Enter")
    alice.hears("still here")
    expect(alice.page.locator("main :focus, main:focus")).to_have_count(1)
