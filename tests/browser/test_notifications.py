"""Pages in the background: what the tab shows, and sounds and notifications that users chose."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.audit import fits, is_accessible
from tests.browser.conftest import PHONE, becomes
from tests.browser.kept import READY

# Playwright's pages always have the focus. This lets tests take it away, and records sounds and
# notifications, which are Chromium's own.
WATCHED = """
window.isAway = false
window.notes = 0
window.shown = []
window.asked = 0
const get = () => window.isAway ? 'hidden' : 'visible'
Object.defineProperty(Document.prototype, 'visibilityState', { get })
Document.prototype.hasFocus = () => !window.isAway
const { start } = OscillatorNode.prototype
OscillatorNode.prototype.start = function (...when) {
  window.notes += 1
  return start.apply(this, when)
}
window.Notification = class extends Notification {
  constructor(title, options) {
    super(title, options)
    this.entry = { title, body: options.body, isOpen: true }
    window.shown.push(this.entry)
  }
  close() { this.entry.isOpen = false; super.close() }
  static requestPermission() { window.asked += 1; return super.requestPermission() }
}
"""
SOUND = 2  # notes
LAZY = re.compile(r"/(leader_election|sound|notification)(\.\w+)?\.js$")


@pytest.fixture
def browser(whole_browser):
    return whole_browser


@pytest.fixture
def watched(somebody):
    """A function that returns a user whose page records sounds and notifications. `allows` has the
    permissions of the browser.
    """

    def arrive(name, *allows, **context):
        person = somebody(name, permissions=list(allows), **context)
        person.page.context.add_init_script(WATCHED)
        return person.comes_again()

    return arrive


@pytest.fixture
def alice(watched):
    return watched("alice", "notifications")


def switch(person, name):
    return person.page.get_by_role("switch", name=name, exact=True)


def opens_the_menu(person):
    person.page.locator(".me__name").click()
    person.page.get_by_text("Sound and notifications").click()
    expect(switch(person, "Sound")).to_be_visible()


def chooses(person, *names):
    opens_the_menu(person)
    for name in names:
        switch(person, name).click()
        expect(switch(person, name)).to_have_attribute("aria-checked", "true")
    person.page.keyboard.press("Escape")


HIDE = "window.isAway = true; document.dispatchEvent(new Event('visibilitychange'))"


def goes_away(*windows):
    for window in windows:
        window.page.evaluate(HIDE)


def comes_back(window):
    window.page.evaluate("window.isAway = false; window.dispatchEvent(new Event('focus'))")


def has(window, expression, value):
    becomes(lambda: window.page.evaluate(expression), value)


def is_unread(window, number):
    expect(window.page).to_have_title(f"({number}) Sotto")


def settles(window):
    """Wait longer than the election of the window that alerts the user takes."""
    window.page.wait_for_timeout(3000)


def skips(window, seconds):
    """Run timers for this many seconds, and wait a moment for their effects."""
    window.page.clock.run_for(1000 * seconds)
    window.page.wait_for_timeout(500)


def test_the_tab_icon_has_a_dot_while_something_is_unread(alice, bob):
    icon = alice.page.locator("link[rel=icon]")
    expect(icon).to_have_attribute("href", re.compile(r"/mark(\.\w+)?\.svg$"))
    bob.chooses(alice).says("are you there?")
    is_unread(alice, 1)
    expect(icon).to_have_attribute("href", re.compile(r"/mark-unread(\.\w+)?\.svg$"))
    alice.conversation(bob).click()
    expect(icon).to_have_attribute("href", re.compile(r"/mark(\.\w+)?\.svg$"))
    expect(alice.page).to_have_title("Sotto")


def test_unfocused_messages_are_read_a_second_after_the_focus_returns(alice, bob):
    alice.chooses(bob)
    bob.chooses(alice)
    goes_away(alice)
    alice.page.clock.install()
    bob.says("one")
    is_unread(alice, 1)
    expect(alice.heard("one")).to_be_in_viewport()
    alice.page.clock.run_for(3_000)  # for longer than reading takes
    is_unread(alice, 1)
    for number in range(40):
        bob.says(f"line {number}.")
    is_unread(alice, 41)
    expect(alice.heard("one")).to_be_in_viewport()
    expect(alice.heard("line 39.")).not_to_be_in_viewport()
    comes_back(alice)
    expect(alice.heard("one")).to_have_attribute("data-read", "")
    expect(alice.heard("line 39.")).not_to_have_attribute("data-read", "")
    alice.heard("line 39.").scroll_into_view_if_needed()
    expect(alice.page).to_have_title("Sotto")


def test_the_switches_are_accessible(alice, watched):
    phone = watched("carol", **PHONE)
    for person in (alice, phone):
        opens_the_menu(person)
        is_accessible(person.page)
        fits(person.page)
        switch(person, "Notification").click()
        if person is alice:
            expect(switch(alice, "With name and text")).to_be_visible()
        else:
            expect(phone.page.locator(".attention").get_by_role("status")).not_to_be_empty()
        is_accessible(person.page)
        fits(person.page)


def test_without_a_choice_there_is_no_notification_prompt_or_download(alice, bob):
    fetched = []
    alice.page.on("request", lambda request: fetched.append(request.url))
    alice.page.clock.install()
    goes_away(alice)
    bob.chooses(alice).says("are you there?")
    is_unread(alice, 1)
    skips(alice, 3)
    assert alice.page.evaluate("[notes, shown.length, asked]") == [0, 0, 0]
    assert [url for url in fetched if LAZY.search(url)] == []


def test_many_messages_play_one_sound_and_none_in_a_focused_page(alice, bob):
    chooses(alice, "Sound")
    has(alice, "notes", SOUND)  # an example, played when sound is turned on
    alice.page.clock.install()
    bob.chooses(alice).says("one")
    is_unread(alice, 1)
    skips(alice, 5)  # after an alert, all windows are silent for a while
    assert alice.page.evaluate("notes") == SOUND
    goes_away(alice)
    for word in ("two", "three", "four"):
        bob.says(word)
    is_unread(alice, 4)
    skips(alice, 2)
    has(alice, "notes", 2 * SOUND)
    skips(alice, 3)
    assert alice.page.evaluate("notes") == 2 * SOUND


@pytest.mark.matrix
def test_one_of_many_windows_plays_the_sound_and_none_while_one_is_focused(alice, bob):
    chooses(alice, "Sound")
    has(alice, "notes", SOUND)
    windows = [alice, *(alice.opens_another_window() for _ in range(3))]
    # Browsers mute a page until the user has clicked in it.
    for window in windows[1:]:
        window.page.locator("#search").click()

    def notes():
        return sum(window.page.evaluate("notes") for window in windows)

    goes_away(*windows)
    bob.chooses(alice).says("is anybody there?")
    for window in windows:
        is_unread(window, 1)
    becomes(notes, 2 * SOUND)
    settles(alice)
    assert notes() == 2 * SOUND
    comes_back(windows[2])
    alice.page.wait_for_timeout(3000)  # after an alert, all windows are silent for a while
    bob.says("hello?")
    for window in windows:
        is_unread(window, 2)
    settles(alice)
    assert notes() == 2 * SOUND


@pytest.mark.matrix
def test_a_choice_in_one_window_applies_to_all(alice, bob):
    chooses(alice, "Sound")
    has(alice, "notes", SOUND)
    other = alice.opens_another_window()
    opens_the_menu(other)
    switch(other, "Sound").click()
    expect(switch(other, "Sound")).to_have_attribute("aria-checked", "false")
    goes_away(alice, other)
    # Whichever window would alert the user asks the others first.
    asks = alice.page.context.expect_event("request", lambda it: it.url.endswith("/attention/"))
    with asks:
        bob.chooses(alice).says("quietly")
    settles(alice)
    assert [window.page.evaluate("notes") for window in (alice, other)] == [SOUND, 0]


@pytest.mark.matrix
def test_a_message_shown_in_another_window_causes_no_notification(alice, bob):
    other = alice.opens_another_window().chooses(bob)
    chooses(alice, "Sound")
    has(alice, "notes", SOUND)
    goes_away(alice)
    bob.chooses(alice).says("you are looking at this")
    other.hears("you are looking at this")
    settles(alice)
    assert [window.page.evaluate("notes") for window in (alice, other)] == [SOUND, 0]


def test_a_notification_has_no_name_and_no_text(alice, bob):
    chooses(alice, "Notification")
    assert alice.page.evaluate("asked") == 1
    goes_away(alice)
    bob.chooses(alice).says("the plan is this")
    shown = {"title": "Sotto", "body": "There is something new for you.", "isOpen": True}
    has(alice, "shown", [shown])


@pytest.mark.matrix
def test_a_notification_has_name_and_text_if_chosen(alice, bob):
    chooses(alice, "Notification", "With name and text")
    goes_away(alice)
    bob.chooses(alice).says("x" * 300)
    has(alice, "shown", [{"title": bob.name, "body": "x" * 200, "isOpen": True}])


@pytest.mark.matrix
def test_a_notification_closes_when_its_message_is_read_elsewhere(alice, bob):
    other = alice.opens_another_window()
    chooses(alice, "Notification")
    goes_away(alice, other)
    bob.chooses(alice).says("read me")
    becomes(lambda: sum(window.page.evaluate("shown.length") for window in (alice, other)), 1)
    comes_back(other)
    other.conversation(bob).click()
    other.hears("read me")
    for window in (alice, other):
        has(window, "shown.filter(({ isOpen }) => isOpen).length", 0)


@pytest.mark.matrix
def test_a_notification_closes_when_its_message_is_unsent(alice, bob):
    chooses(alice, "Notification", "With name and text")
    goes_away(alice)
    bob.chooses(alice).says("forget that")
    has(alice, "shown.filter(({ isOpen }) => isOpen).length", 1)
    bob.unsends("forget that")
    has(alice, "shown.filter(({ isOpen }) => isOpen).length", 0)


def test_a_denied_permission_is_respected_and_explained(watched):
    carol = watched("carol")
    opens_the_menu(carol)
    switch(carol, "Notification").click()
    status = carol.page.locator(".attention").get_by_role("status")
    expect(status).to_contain_text("Your browser blocks")
    expect(switch(carol, "Notification")).to_have_attribute("aria-checked", "false")
    carol.comes_again()
    opens_the_menu(carol)
    expect(switch(carol, "Notification")).to_have_attribute("aria-checked", "false")
    expect(status).to_have_text("")


@pytest.mark.matrix
def test_a_withdrawn_permission_is_explained(alice):
    chooses(alice, "Notification")
    alice.page.context.clear_permissions()
    alice.comes_again()
    opens_the_menu(alice)
    status = alice.page.locator(".attention").get_by_role("status")
    expect(status).to_contain_text("Notifications are off")


@pytest.mark.matrix
def test_choices_survive_a_reload_and_end_with_a_log_out(alice, bob):
    chooses(alice, "Sound")
    alice.comes_again()
    opens_the_menu(alice)
    expect(switch(alice, "Sound")).to_have_attribute("aria-checked", "true")
    switch(alice, "Sound").click()
    expect(switch(alice, "Sound")).to_have_attribute("aria-checked", "false")
    expect(switch(alice, "Sound")).to_be_focused()
    goes_away(alice)
    bob.chooses(alice).says("quietly")
    is_unread(alice, 1)
    settles(alice)
    assert alice.page.evaluate("notes") == 0


@pytest.mark.matrix
def test_a_notification_of_a_service_worker_never_has_name_and_text(alice, bob):
    chooses(alice, "Notification", "With name and text")
    refusing = "class { constructor() { throw new TypeError() } }"
    alice.page.evaluate(f"() => {{ window.Notification = {refusing} }}")
    alice.page.evaluate(READY)
    goes_away(alice)
    bob.chooses(alice).says("the plan is this")
    has(
        alice,
        """navigator.serviceWorker.ready
            .then((worker) => worker.getNotifications())
            .then((all) => all.map(({ title, body }) => [title, body]))""",
        [["Sotto", "There is something new for you."]],
    )


def test_a_page_with_messages_asks_before_it_is_left_if_that_is_chosen(alice, bob):
    asked = []
    alice.page.on("dialog", lambda dialog: asked.append(dialog.type))
    alice.chooses(bob).says("hello")
    expect(alice.heard("hello")).to_contain_text("delivered")
    alice.comes_again()
    assert asked == []
    alice.page.locator(".me__name").click()
    leaving = switch(alice, "Ask before leaving")
    leaving.press("Space")
    expect(leaving).to_be_checked()
    expect(leaving).to_be_focused()
    alice.comes_again()
    assert asked == []
    bob.chooses(alice).says("hello again")
    alice.hears("hello again")
    alice.page.keyboard.press("Escape")  # browsers ask only after the page was used
    alice.comes_again()
    assert asked == ["beforeunload"]
