"""Only the selected messages reach the administrators, marked as verified or not."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, is_only

THREAT = "I know where you live"
SECRET = "the key is under the third stone"


def dialog_of(person):
    return person.page.get_by_role("dialog", name="Report")


def reports(person, text):
    """Report the message with this text from its menu."""
    person.acts_on(text, "More", "Report")
    expect(dialog_of(person)).to_be_visible()
    return dialog_of(person)


def sends(dialog, reason="Threats or violence"):
    dialog.get_by_label("Reason").select_option(reason)
    dialog.get_by_role("button", name="Send report").click()
    expect(dialog.get_by_role("status")).to_contain_text("Report sent")


def read(administrator, by):
    """Return the report of a user, as the administration shows it."""
    page = administrator.page
    page.goto(f"{administrator.url}/admin/accounts/report/")
    page.locator("#result_list tbody tr", has_text=by.name).get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="What was reported")).to_be_visible()
    # The browser requests an icon, which Django's admin doesn't define.
    is_only(administrator.errors, 404)
    return page.locator("#content")


def talk(alice, bob):
    bob.chooses(alice).says(THREAT)
    alice.chooses(bob).hears(THREAT)
    alice.says(SECRET)
    bob.hears(SECRET)
    bob.says("and when you sleep\nin the evening <b>, see https://example.org/?a=1&b=2 🕯️")
    alice.hears("and when you sleep")


def on_disk(server) -> bytes:
    files = server.database.parent.glob(f"{server.database.name}*")
    return b"".join(file.read_bytes() for file in files)


@pytest.fixture
def ruth(somebody, server):
    administrator = somebody("ruth")
    server.makes_staff(administrator.name)
    return administrator


def test_a_reported_message_is_shown_as_verified(alice, bob, ruth, server):
    talk(alice, bob)
    dialog = reports(alice, THREAT)
    expect(dialog.get_by_role("heading")).to_have_text(f"Report {bob.name}")
    expect(dialog.get_by_role("checkbox")).to_have_count(3)
    ticked = dialog.get_by_role("checkbox", checked=True)
    expect(ticked).to_have_count(1)
    expect(ticked).to_have_accessible_name(re.compile(THREAT))
    expect(ticked).to_be_focused()
    dialog.get_by_role("checkbox", name="and when you sleep").check()
    dialog.get_by_label("Note").fill("since Monday")
    sends(dialog)
    expect(dialog.get_by_role("status")).to_be_focused()
    expect(dialog.get_by_role("checkbox")).to_have_count(0)
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).not_to_be_visible()
    expect(alice.page.locator("#report").get_by_text(THREAT)).to_have_count(0)

    told = read(ruth, alice)
    said = (THREAT, "in the evening", "since Monday")
    for words in (*said, "Threats or violence", alice.name, bob.name):
        expect(told).to_contain_text(words)
    expect(told.get_by_text("verified (this server")).to_have_count(2)
    expect(told.get_by_text("not verified")).to_have_count(0)
    expect(told).not_to_contain_text(SECRET)
    expect(told).to_contain_text("2 of 2")

    kept = on_disk(server)
    assert bob.name.encode() in kept
    assert not any(words.encode() in kept for words in (*said, SECRET))


OFFER = """([conversation, text]) => document.dispatchEvent(new CustomEvent('frame', { detail: {
  type: 'message',
  conversation,
  id: '00000000-0000-4000-8000-000000000000',
  text,
  file: { size: 2400000, kind: 'jpeg', digest: 'ab'.repeat(32) }
} }))"""


def test_an_offered_file_is_reported_as_verified_and_cannot_be_edited(alice, bob, ruth):
    talk(alice, bob)
    conversation = bob.pane.get_attribute("data-conversation")
    bob.page.evaluate(OFFER, [conversation, "holiday.jpg"])
    alice.hears("holiday.jpg")
    expect(bob.heard("holiday.jpg").locator(".state--delivered")).to_be_attached()
    bob.acts_on("holiday.jpg", "More")
    menu = bob.page.get_by_role("dialog", name="Actions")
    expect(menu.get_by_role("button", name="Unsend")).to_be_visible()
    expect(menu.get_by_role("button", name="Edit")).to_have_count(0)
    sends(reports(alice, "holiday.jpg"))
    told = read(ruth, alice)
    expect(told.get_by_text("verified (this server delivered exactly this offer)")).to_be_visible()
    for words in ("holiday.jpg", "picture, JPEG", "2400000 bytes", "ab" * 32, "1 of 1"):
        expect(told).to_contain_text(words)


@pytest.mark.matrix
def test_an_altered_message_is_shown_as_not_verified(alice, bob, ruth):
    talk(alice, bob)
    forged = "text => { text.textContent = text.written = 'I will come tonight' }"
    alice.heard(THREAT).locator(".message__text").evaluate(forged)
    dialog = reports(alice, "I will come tonight")
    dialog.get_by_role("checkbox", name=SECRET).check()
    dialog.get_by_role("checkbox", name="and when you sleep").check()
    sends(dialog)
    told = read(ruth, alice)
    for text, words in {
        "I will come tonight": "not verified (this text may",
        SECRET: "written by the reporter",
        "and when you sleep": "verified (this server",
    }.items():
        expect(told.locator("li", has_text=text)).to_contain_text(words)
    expect(told).to_contain_text("1 of 3")


def test_a_refused_report_keeps_the_note_and_gives_the_reason(alice, bob):
    talk(alice, bob)
    dialog = reports(alice, THREAT)
    dialog.get_by_label("Note").fill("x" * 1001)
    dialog.get_by_label("Reason").select_option("Spam or fraud")
    dialog.get_by_role("button", name="Send report").click()
    expect(dialog.get_by_role("status")).to_contain_text("1001 characters long. The limit is 1000.")
    expect(dialog.get_by_label("Note")).to_have_value("x" * 1001)
    expect(dialog.get_by_role("checkbox", checked=True)).to_have_count(1)
    assert ["422" in error for error in alice.errors] == [True]
    alice.page.context.set_offline(True)
    dialog.get_by_label("Note").fill("short")
    dialog.get_by_role("button", name="Send report").click()
    expect(dialog.get_by_role("status")).to_contain_text("couldn’t be sent")
    alice.page.context.set_offline(False)
    dialog.get_by_role("button", name="Send report").click()
    expect(dialog.get_by_role("status")).to_contain_text("Report sent")
    # The console reports the refusal and the lost network, which are both expected.
    alice.errors.clear()


@pytest.mark.matrix
def test_unsent_and_cleared_messages_leave_the_dialog_too(alice, bob):
    talk(alice, bob)
    dialog = reports(alice, THREAT)
    bob.unsends(THREAT)
    expect(dialog.get_by_role("checkbox")).to_have_count(2)
    bob.clears()
    expect(dialog.get_by_role("checkbox")).to_have_count(0)
    expect(dialog).to_contain_text("There are no messages on your screen")


def test_a_report_by_keyboard_on_a_narrow_screen(somebody, bob):
    alice = somebody("alice", viewport=PHONE["viewport"])
    talk(alice, bob)
    page = alice.page
    more = alice.pane.get_by_role("button", name=f"More actions for {bob.name}")
    more.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(alice.pane.get_by_role("button", name=f"Report {bob.name}")).to_be_focused()
    page.keyboard.press("Enter")
    dialog = dialog_of(alice)
    expect(dialog.get_by_role("checkbox", name="and when you sleep")).to_be_focused()
    expect(dialog.get_by_role("checkbox", checked=True)).to_have_count(1)
    expect(dialog.get_by_role("button", name="Close")).to_be_in_viewport(ratio=1)
    dialog.get_by_role("button", name="Send report").scroll_into_view_if_needed()
    expect(dialog.get_by_role("button", name="Close")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(more).to_be_focused()
