"""Two people sign up, find each other, and talk."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.accounts.test_new_password import chooses_a_password
from tests.browser.conftest import PHONE, becomes, is_only
from tests.support.servers import Server


def test_two_people_find_each_other_and_talk(somebody):
    alice, bob = (somebody(name, signed_up=False).signs_up_by_hand() for name in ("alice", "bob"))
    alice.chooses(bob).says("good morning")
    bob.chooses(alice).hears("good morning")
    bob.says("and to you")
    alice.hears("and to you")
    expect(alice.heard("good morning")).to_contain_text("delivered")


def test_a_message_is_in_every_window_of_both(alice, bob):
    other = alice.opens_another_window()
    alice.chooses(bob).says("hello from the first window")
    other.chooses(bob).hears("hello from the first window")
    bob.chooses(alice).says("hello to both")
    alice.hears("hello to both")
    other.hears("hello to both")


def test_a_message_from_an_unopened_pane_is_counted_and_shown(alice, bob):
    alice.chooses(bob).says("one")
    alice.says("two")
    expect(bob.conversation(alice)).to_contain_text("2 unread")
    expect(bob.page).to_have_title("(2) Sotto")
    bob.chooses(alice).hears("one")
    bob.hears("two")
    expect(bob.conversation(alice)).not_to_contain_text("unread")
    expect(bob.page).to_have_title("Sotto")


def test_a_message_from_a_person_hidden_by_the_search_is_not_lost(alice, bob):
    bob.page.get_by_role("searchbox").fill("nobody of that name")
    expect(bob.page.get_by_text("No results for")).to_be_visible()
    alice.chooses(bob).says("can you see me?")
    entry = bob.conversation(alice)
    expect(entry).to_contain_text("1 unread")
    entry.click()
    bob.hears("can you see me?")


@pytest.mark.parametrize("awaited", ["**/css/message*.css", "**/conversations/*/"])
def test_a_person_opens_although_the_search_removes_their_row_meanwhile(
    alice, bob, somebody, awaited
):
    carol, dora = somebody("carol"), somebody("dora")
    if "conversations" in awaited:  # for the first one, the page also loads styles and scripts
        alice.chooses(dora)
    held = []
    # Playwright sets an attribute on the callback, which a method of a list does not allow.
    alice.page.route(awaited, lambda route: held.append(route))  # noqa: PLW0108
    alice.entry(bob).click()
    search = alice.page.get_by_role("searchbox")
    search.fill(carol.name)
    expect(alice.page.locator("#found .person__link")).to_have_count(1)
    becomes(lambda: len(held), 1)
    held[0].continue_()
    expect(alice.pane.get_by_role("heading", name=bob.name)).to_be_visible()
    expect(alice.composer).to_be_focused()
    expect(search).to_have_value("")
    expect(alice.entry(bob)).to_be_visible()


def test_no_row_moves_under_the_pointer(alice, bob, somebody):
    carol = somebody("carol")
    aimed_at = bob.entry(carol)
    aimed_at.scroll_into_view_if_needed()
    place = aimed_at.bounding_box()
    x, y = place["x"] + 20, place["y"] + place["height"] / 2
    bob.page.mouse.move(x, y)
    alice.chooses(bob).says("me first")
    for step in range(200):  # a pointer that moves until the message arrives
        if bob.page.title() == "(1) Sotto":
            break
        bob.page.mouse.move(x + step % 2, y)
        bob.page.wait_for_timeout(50)
    expect(bob.page).to_have_title("(1) Sotto")
    assert aimed_at.bounding_box() == place
    expect(bob.conversation(alice)).to_be_hidden()
    bob.page.mouse.click(x, y)
    expect(bob.pane.get_by_role("heading", name=carol.name)).to_be_visible()
    expect(bob.conversation(alice)).to_contain_text("1 unread")


def test_a_resting_pointer_does_not_delay_a_conversation(alice, bob, somebody):
    bob.entry(somebody("carol")).hover()
    alice.chooses(bob).says("are you there?")
    expect(bob.conversation(alice)).to_contain_text("1 unread")


def test_switching_to_another_and_back_loses_nothing(alice, bob, somebody):
    carol = somebody("carol")
    alice.chooses(bob).says("to bob")
    alice.writes("half a thought")
    alice.chooses(carol).says("to carol")
    bob.chooses(alice).says("from bob")
    alice.chooses(bob).hears("to bob")
    alice.hears("from bob")
    expect(alice.composer).to_have_value("half a thought")
    expect(alice.pane).not_to_contain_text("to carol")


def test_typing_is_shown_and_ends_with_the_message(alice, bob):
    alice.chooses(bob)
    bob.chooses(alice).is_typing_to(alice)
    expect(alice.pane.get_by_text("is typing")).to_be_visible()
    bob.says("hm, yes")
    expect(alice.pane.get_by_text("is typing")).to_have_count(0)


def test_reading_in_one_window_resets_the_count_in_all(alice, bob):
    other = bob.opens_another_window()
    alice.chooses(bob).says("hello")
    expect(other.conversation(alice)).to_contain_text("1 unread")
    bob.page.bring_to_front()
    bob.chooses(alice).hears("hello")
    expect(other.conversation(alice)).not_to_contain_text("unread")


def test_a_refresh_empties_the_page_and_stays_in_the_conversation(alice, bob):
    alice.chooses(bob).says("soon gone")
    bob.chooses(alice).hears("soon gone")
    expect(alice.heard("soon gone")).to_contain_text("delivered")
    for person, other in [(alice, bob), (bob, alice)]:
        person.comes_again()
        expect(person.pane.get_by_role("heading", name=other.name)).to_be_visible()
        expect(person.page.locator("body")).not_to_contain_text("soon gone")
    alice.says("once more")
    bob.hears("once more")
    assert "soon gone" not in bob.page.content()


def test_going_back_after_a_log_out_shows_nothing(alice, bob):
    alice.chooses(bob).says("private words")
    bob.chooses(alice).hears("private words")
    alice.page.locator(".me__name").click()
    alice.page.get_by_role("button", name="Log out").click()
    expect(alice.page).to_have_url(f"{alice.url}/accounts/login/")
    alice.page.go_back()
    expect(alice.page).to_have_url(re.compile("/accounts/login/"))
    assert "private words" not in alice.page.content()


def test_logging_out_closes_the_other_windows_too(alice, bob):
    other = alice.opens_another_window()
    other.chooses(bob).says("private words")
    bob.chooses(alice).hears("private words")
    alice.page.locator(".me__name").click()
    alice.page.get_by_role("button", name="Log out").click()
    expect(other.page).to_have_url(f"{alice.url}/accounts/login/")
    assert "private words" not in other.page.content()


def test_the_browser_stores_nothing(alice, bob):
    alice.chooses(bob).says("a conversation")
    bob.chooses(alice).says("both ways")
    alice.hears("both ways")
    for person in [alice, bob]:
        assert person.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
        port = urlsplit(person.url).port
        # One of them identifies a known device to this server. It contains numbers, but no name.
        wanted = {f"sotto_{port}_{kind}" for kind in ("csrf", "known", "session")}
        assert {cookie["name"] for cookie in person.page.context.cookies()} == wanted


def test_several_lines_and_links(alice, bob):
    alice.chooses(bob)
    alice.composer.press_sequentially("first")
    alice.composer.press("Shift+Enter")
    alice.composer.press_sequentially("see https://example.org/a?b=1&c=2.")
    alice.composer.press("Enter")
    bob.chooses(alice).hears("first")
    link = bob.heard("first").get_by_role("link")
    expect(link).to_have_attribute("href", "https://example.org/a?b=1&c=2")
    expect(link).to_have_attribute("target", "_blank")
    assert "first\nsee" in bob.heard("first").locator(".message__text").inner_text()


def test_enter_does_not_send_while_a_character_is_being_composed(alice, bob):
    alice.chooses(bob).writes("ni")
    alice.composer.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    expect(alice.composer).to_have_value("ni")
    alice.composer.press("Enter")
    bob.chooses(alice).hears("ni")


def test_enter_breaks_the_line_on_a_touch_screen_and_the_button_sends(somebody, alice):
    phone = somebody("phoebe", **PHONE)
    alice.chooses(phone)
    phone.chooses(alice).composer.tap()
    phone.page.keyboard.type("first")
    phone.page.keyboard.press("Enter")
    phone.page.keyboard.type("second")
    phone.pane.get_by_role("button", name="Send", exact=True).tap()
    alice.hears("first")
    assert alice.heard("first").locator(".message__text").inner_text() == "first\nsecond"
    expect(phone.composer).to_have_value("")
    expect(phone.composer).to_be_focused()  # so the on-screen keyboard stays open


def test_the_send_button_leads_to_the_field_while_it_is_empty(alice, bob):
    send = alice.chooses(bob).pane.get_by_role("button", name="Send", exact=True)
    quiet = send.evaluate("button => getComputedStyle(button).backgroundColor")
    for text in ("", " \n "):
        alice.writes(text)
        send.focus()
        send.press("Enter")
        expect(alice.composer).to_be_focused()
    expect(send).not_to_have_css("background-color", quiet)
    alice.says("not empty")
    bob.chooses(alice).hears("not empty")
    expect(bob.pane.locator(".message")).to_have_count(1)
    expect(send).to_have_css("background-color", quiet)


def test_a_text_that_is_too_long_is_explained_and_kept(alice, bob):
    count = alice.chooses(bob).pane.locator(".composer__count")
    expect(count).to_have_css("height", "0px")
    alice.writes("x" * 3990)
    expect(alice.pane.get_by_text("10 left")).to_be_visible()
    alice.says("x" * 4003)
    expect(alice.pane.get_by_text("3 too many")).to_be_visible()
    expect(alice.composer).to_have_value("x" * 4003)
    alice.says("x" * 4000)
    expect(alice.composer).to_have_value("")
    bob.chooses(alice).hears("x" * 4000)


def test_a_scrolled_transcript_stays_in_place(alice, bob):
    bob.chooses(alice)
    alice.chooses(bob)
    for number in range(40):
        alice.says(f"line {number}")
    bob.hears("line 39")
    scroller = bob.pane.locator(".pane__scroller")
    expect(bob.heard("line 39")).to_be_in_viewport()
    bob.heard("line 5").first.scroll_into_view_if_needed()
    place = bob.heard("line 12").bounding_box()
    alice.says("one more")
    bob.hears("one more")
    assert abs(bob.heard("line 12").bounding_box()["y"] - place["y"]) < 2
    scroller.evaluate("element => element.scrollTo(0, element.scrollHeight)")
    expect(bob.heard("one more")).to_be_in_viewport()


@pytest.mark.parametrize("width", [320, pytest.param(768, marks=pytest.mark.matrix)])
def test_on_a_phone_roster_and_conversation_are_two_screens(somebody, alice, width):
    phone = somebody("phoebe", **(PHONE | {"viewport": {"width": width, "height": 640}}))
    phone.chooses(alice).says("from my pocket")
    alice.chooses(phone).hears("from my pocket")
    alice.says("w" * 300)
    phone.hears("w" * 300)
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= width
    if width == 320:
        expect(phone.entry(alice)).not_to_be_visible()
        phone.page.go_back()
        expect(phone.entry(alice)).to_be_visible()
        expect(phone.page.locator(".pane__header")).not_to_be_visible()
        phone.chooses(alice)
        phone.page.get_by_role("link", name="Back to People").click()
        expect(phone.entry(alice)).to_be_visible()
        expect(phone.page.locator(".person__link:focus")).to_contain_text(alice.name)


def test_on_a_phone_the_name_fits_and_the_menu_clears(somebody):
    long, phone = somebody("bartholomew"), somebody("phoebe", **PHONE, locale="de-DE")
    phone.chooses(long).says("burn this")
    long.chooses(phone).hears("burn this")
    name = phone.pane.locator(".pane__peer")
    assert name.evaluate("name => name.scrollWidth <= name.clientWidth")
    phone.pane.locator(".pane__more").tap()
    menu = phone.pane.locator(".menu")
    menu.locator(".menu__clear").tap()
    expect(phone.heard("burn this")).to_be_visible()
    expect(menu.get_by_role("dialog").get_by_role("button").first).to_be_focused()
    menu.get_by_role("dialog").locator(".button--wrong").tap()
    expect(phone.heard("burn this")).to_have_count(0)
    expect(long.heard("burn this")).to_have_count(0)
    expect(menu).to_be_hidden()
    expect(phone.pane.locator(".pane__more")).to_be_focused()


def test_a_conversation_by_keyboard(alice, bob):
    alice.page.keyboard.press("Tab")
    expect(alice.page.get_by_role("link", name="Skip to content")).to_be_focused()
    alice.entry(bob).focus()
    alice.page.keyboard.press("Enter")
    expect(alice.composer).to_be_focused()
    alice.page.keyboard.type("without a mouse")
    alice.page.keyboard.press("Tab")
    expect(alice.pane.get_by_role("button", name="Attach files")).to_be_focused()
    alice.page.keyboard.press("Tab")
    expect(alice.pane.get_by_role("button", name="Send", exact=True)).to_be_focused()
    alice.page.keyboard.press("Enter")
    bob.chooses(alice).hears("without a mouse")


def test_typing_faster_than_the_page_loses_nothing(alice, bob):
    alice.page.evaluate("""() => addEventListener('hashchange', () => {
        const composer = document.querySelector('.pane:target .composer')
        composer.elements.text.value = 'at once'
        composer.requestSubmit()
    })""")
    alice.chooses(bob)
    bob.chooses(alice).hears("at once")
    expect(alice.composer).to_have_value("")


def test_messages_below_the_visible_part_are_unread_until_they_are_shown(alice, bob):
    bob.chooses(alice)
    alice.chooses(bob)
    for number in range(30):
        alice.says(f"line {number}")
    expect(bob.heard("line 29")).to_have_attribute("data-read", "")
    bob.heard("line 3").first.scroll_into_view_if_needed()
    alice.says("news")
    newest = bob.pane.get_by_role("button", name="Jump to the end")
    expect(newest).to_be_visible()
    expect(bob.page).to_have_title("(1) Sotto")
    newest.click()
    expect(bob.heard("news")).to_be_in_viewport()
    expect(bob.page).to_have_title("Sotto")
    bob.heard("line 3").first.scroll_into_view_if_needed()
    bob.says("my own words are in view")
    expect(bob.heard("my own words are in view")).to_be_in_viewport()


def test_without_scripts_no_composer_is_shown(alice, somebody):
    quiet = somebody("quentin", java_script_enabled=False, signed_up=False)
    quiet.page.goto(f"{quiet.url}/accounts/signup/")
    quiet.fills_in_the_sign_up()
    quiet.page.locator("#people .person__link", has_text=alice.name).click()
    expect(quiet.page.get_by_role("heading", name=alice.name)).to_be_visible()
    expect(quiet.page.get_by_role("textbox", name="Message to")).to_have_count(0)
    quiet.page.get_by_role("main").locator("a[href*='/plain/']").first.click()
    expect(quiet.page).to_have_url(re.compile("/plain/"))


def test_a_changed_password_closes_windows_of_other_browsers(alice, bob, somebody):
    elsewhere = somebody("alice", signed_up=False).logs_in(alice.name)
    chooses_a_password(alice, "another long enough password")
    expect(elsewhere.page).to_have_url(re.compile("/accounts/login/"))
    elsewhere.page.go_back()
    expect(elsewhere.page).to_have_url(re.compile("/accounts/login/"))


def test_a_deactivated_user_is_logged_out_at_once(alice, bob, somebody, server):
    alice.chooses(bob).says("hello")
    bob.chooses(alice).hears("hello")
    boss = somebody("boss", signed_up=False).registers()
    server.makes_staff(boss.name)
    page = boss.page
    page.goto(f"{server.url}/admin/accounts/user/?q={bob.name}")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("combobox", name="Action").select_option("deactivate")
    page.get_by_role("button", name="Go").click()
    expect(bob.page).to_have_url(re.compile("/accounts/login/"))
    assert "hello" not in bob.page.content()
    is_only(boss.errors, 404)  # the browser requests an icon, which Django's admin doesn't define


MANY = """
from accounts.models import User
names = [f"zoe{number:03}" for number in range(120)]
User.objects.bulk_create(User(username=name, username_key=name) for name in names)
"""


@pytest.mark.matrix
def test_more_people_are_added_below_the_last_one(somebody, tmp_path):
    # On the lasting server, these people would fill the first page of other tests.
    server = Server(tmp_path).start()
    alice = somebody("alice", url=server.url)
    server.manage("shell", "-v0", "-c", MANY)
    alice.comes_again()
    more = alice.page.get_by_role("button", name="More people")
    before = alice.page.locator("#people .person").count()
    more.focus()
    more.press("Enter")
    expect(alice.page.locator("#people .person")).to_have_count(before + 50)
    expect(alice.page.locator("#people .person__link").nth(before)).to_be_focused()
    alice.page.goto("about:blank")
    server.stop()


def test_messages_beyond_the_rate_limit_arrive_later_and_in_order(alice, bob):
    bob.chooses(alice)
    alice.chooses(bob)
    alice.composer.evaluate("""field => {
        for (let number = 0; number < 115; number += 1) {
            field.value = `n${String(number).padStart(3, '0')}`
            field.form.requestSubmit()
        }
    }""")
    alice.says("the last one")
    expect(bob.heard("the last one")).to_be_visible(timeout=30_000)
    said = bob.pane.locator(".transcript .message__text").all_text_contents()
    assert said == [f"n{number:03}" for number in range(115)] + ["the last one"]
    expect(alice.pane.locator(".outbox .message")).to_have_count(0)


def test_two_devices_do_not_echo_each_other_endlessly(alice, bob):
    device = bob.opens_another_window()
    alice.chooses(bob).says("one")
    bob.chooses(alice).hears("one")
    third = bob.opens_another_window()
    alice.says("two")
    alice.says("three")
    for window in (bob, device, third):
        window.page.bring_to_front()
        window.chooses(alice).hears("three")
    alice.unsends("three")
    expect(third.heard("three")).to_have_count(0)
    for window in (bob, device, third):
        expect(window.page).to_have_title("Sotto")
    device.page.evaluate("""() => {
        window.counted = 0
        document.addEventListener('htmx:wsAfterMessage', () => { window.counted += 1 })
    }""")
    alice.says("quiet now")
    third.hears("quiet now")
    expect(alice.heard("quiet now")).to_contain_text("delivered")
    assert device.page.evaluate("window.counted") < 8
