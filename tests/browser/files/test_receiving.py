"""The recipient's card of a file in all its states."""

import pytest
from playwright.sync_api import expect

from tests.browser.files.offers import NUMBER, Transfers, button, card, has_buttons, offers, reads
from tests.browser.hearing import Reader

TEXT = b"Nothing is stored. " * 20_000  # 6 chunks


def meet(one, other):
    one.chooses(other).says("look at this")
    other.chooses(one).hears("look at this")


@pytest.fixture
def transfers(bob):
    return Transfers(bob.page)


@pytest.fixture
def offered(alice, bob, transfers):
    meet(alice, bob)
    offers(alice, "notes.txt", TEXT)
    has_buttons(bob, "notes.txt", "Accept", "Decline")
    return transfers


@pytest.fixture
def accepted(bob, offered):
    button(bob, "notes.txt", "Accept").click()
    reads(bob, "notes.txt", "Waiting for")
    offered.has(bob.page, type="receive", size=len(TEXT), kind="")
    return offered


def test_a_file_is_accepted_received_and_saved(alice, bob, accepted):
    reads(bob, "notes.txt", f"Waiting for {alice.name}…")
    accepted.says(type="start")
    accepted.sends(TEXT, last=3)
    expect(card(bob, "notes.txt").get_by_role("progressbar")).to_have_attribute("value", "51")
    accepted.has(bob.page, type="have", number=NUMBER + 2)
    accepted.sends(TEXT, first=3)
    accepted.says(type="whole")
    has_buttons(bob, "notes.txt", "Save")
    expect(alice.heard("notes.txt")).to_contain_text(f"Received by {bob.name}")
    expect(bob.pane.locator(".kept")).to_have_count(0)
    with bob.page.expect_download() as download:
        button(bob, "notes.txt", "Save").click()
    assert download.value.suggested_filename == "notes.txt"
    assert download.value.path().read_bytes() == TEXT


def test_a_file_is_declined(alice, bob, offered):
    button(bob, "notes.txt", "Decline").click()
    reads(bob, "notes.txt", "Declined")
    expect(alice.heard("notes.txt")).to_contain_text(f"{bob.name} declined")
    expect(bob.heard("notes.txt")).to_be_focused()
    assert offered.sockets == []


def test_an_interrupted_transfer_begins_again(bob, accepted):
    accepted.says(type="start")
    accepted.sends(TEXT, last=3)
    accepted.says(type="interrupted")
    reads(bob, "notes.txt", "Interrupted. Trying again…")
    accepted.sends_all(TEXT)
    has_buttons(bob, "notes.txt", "Save")


@pytest.mark.parametrize(
    "code", [1012, *(pytest.param(code, marks=pytest.mark.matrix) for code in (4412, 4500))]
)
def test_a_lost_connection_is_opened_again(bob, accepted, code):
    accepted.says(type="start")
    accepted.sends(TEXT, last=3)
    accepted.socket.close(code=code)
    reads(bob, "notes.txt", "Interrupted. Trying again…")
    accepted.is_opened(bob.page, 2)
    accepted.sends_all(TEXT)
    has_buttons(bob, "notes.txt", "Save")


def test_a_busy_server_is_asked_again(bob, accepted):
    accepted.says(type="refused", reason="Too many files at once.")
    accepted.socket.close(code=4430)
    reads(bob, "notes.txt", "Too many files at once. Interrupted. Trying again…")
    accepted.is_opened(bob.page, 2)
    accepted.sends_all(TEXT)
    has_buttons(bob, "notes.txt", "Save")


def test_a_transfer_that_begins_again_and_again_is_given_up(bob, accepted):
    for _ in range(10):
        accepted.says(type="start")
        accepted.says(type="interrupted")
    reads(bob, "notes.txt", "Interrupted. Trying again…")
    accepted.says(type="start")
    reads(bob, "notes.txt", "Interrupted too often. This page no longer tries.")
    button(bob, "notes.txt", "Try again").click()
    accepted.is_opened(bob.page, 2)
    accepted.sends_all(TEXT)
    has_buttons(bob, "notes.txt", "Save")


@pytest.mark.parametrize(
    ("code", "ends"),
    [
        (4404, ("No longer available. Ask {alice} to send it again.", ["Try again"])),
        (4411, ("Stopped by {alice}", [])),
        (4410, ("Not received.", ["Try again"])),
        (4422, ("Not received.", ["Try again"])),
    ],
)
def test_the_card_says_why_a_transfer_ended(alice, bob, accepted, code, ends):
    words, buttons = ends
    button(bob, "notes.txt", "Stop").focus()
    accepted.socket.close(code=code)
    reads(bob, "notes.txt", words.format(alice=alice.name))
    has_buttons(bob, "notes.txt", *buttons)
    target = button(bob, "notes.txt", buttons[0]) if buttons else bob.heard("notes.txt")
    expect(target).to_be_focused()


@pytest.mark.parametrize("wrong", ["digest", "length", "excess"])
def test_damaged_bytes_are_not_received(alice, bob, accepted, wrong):
    accepted.says(type="start")
    if wrong == "excess":
        accepted.sends(TEXT + TEXT)
    if wrong == "length":
        accepted.sends(TEXT, last=4)
    if wrong == "digest":
        accepted.sends(TEXT[::-1])
    if wrong in ("digest", "length"):
        accepted.says(type="whole")
    reads(bob, "notes.txt", "Not received.")
    expect(alice.heard("notes.txt")).not_to_contain_text("Received")
    button(bob, "notes.txt", "Try again").click()
    accepted.is_opened(bob.page, 2)
    accepted.sends_all(TEXT)
    has_buttons(bob, "notes.txt", "Save")


def test_a_transfer_can_be_stopped_and_accepted_again(bob, accepted):
    accepted.says(type="start")
    accepted.sends(TEXT, last=3)
    button(bob, "notes.txt", "Stop").click()
    accepted.has(bob.page, type="stop")
    has_buttons(bob, "notes.txt", "Accept", "Decline")
    expect(button(bob, "notes.txt", "Accept")).to_be_focused()
    button(bob, "notes.txt", "Accept").click()
    accepted.is_opened(bob.page, 2)
    accepted.sends_all(TEXT)
    has_buttons(bob, "notes.txt", "Save")


def test_three_files_are_received_at_once(alice, bob, offered):
    for number in range(4):
        offers(alice, f"more{number}.txt", TEXT)
    for name in ("notes", "more0", "more1", "more2", "more3"):
        button(bob, f"{name}.txt", "Accept").click()
    reads(bob, "more1.txt", "Waiting for alice")
    reads(bob, "more2.txt", "Waiting for other files…")
    offered.is_opened(bob.page, 3)
    button(bob, "more3.txt", "Stop").click()
    has_buttons(bob, "more3.txt", "Accept", "Decline")
    offered.sends_all(TEXT)
    has_buttons(bob, "more1.txt", "Save")
    reads(bob, "more2.txt", "Waiting for alice")
    offered.is_opened(bob.page, 4)


@pytest.mark.parametrize("way", ["unsent", "cleared"])
def test_a_transfer_ends_when_its_message_goes(alice, bob, accepted, way):
    accepted.says(type="start")
    accepted.sends(TEXT, last=3)
    if way == "unsent":
        alice.unsends("notes.txt")
    else:
        alice.clears()
    expect(bob.heard("notes.txt")).to_have_count(0)
    accepted.sends(TEXT, first=3, last=4)
    accepted.has(bob.page, type="stop")


def test_a_transfer_ends_when_the_screen_is_cleared(bob, accepted):
    accepted.says(type="start")
    accepted.sends(TEXT, last=3)
    expect(card(bob, "notes.txt").get_by_role("progressbar")).to_have_attribute("value", "51")
    bob.page.context.set_offline(True)  # so that the page stays, and with it what it holds
    bob.page.locator(".me__name").click()
    bob.page.get_by_role("button", name="Clear my screen").click()
    accepted.has(bob.page, type="stop")
    bob.forgives_the_wire()


def test_every_window_shows_what_it_has_itself(alice, bob, accepted):
    other = bob.opens_another_window().chooses(alice)
    offers(alice, "second.txt", TEXT)
    has_buttons(other, "second.txt", "Accept", "Decline")
    button(bob, "second.txt", "Accept").click()
    accepted.is_opened(bob.page, 2)
    accepted.sends_all(TEXT)
    has_buttons(bob, "second.txt", "Save")
    reads(other, "second.txt", "Received in another window")
    has_buttons(other, "second.txt", "Accept")
    transfers = Transfers(other.page)
    button(other, "second.txt", "Accept").click()
    transfers.is_opened(other.page, 1)
    transfers.sends_all(TEXT)
    has_buttons(other, "second.txt", "Save")


def test_a_hidden_person_is_told_what_accepting_reveals(alice, bob, offered):
    note = card(bob, "notes.txt").get_by_text("Accepting shows that you’re here.")
    expect(note).not_to_be_visible()
    bob.page.locator(".me__name").click()
    bob.page.get_by_role("switch", name="Appear offline").click()
    expect(note).to_be_visible()


def test_the_states_are_announced(bob, accepted):
    reader = Reader(bob.page)
    accepted.says(type="start")
    accepted.sends(TEXT, last=1)
    expect(card(bob, "notes.txt").get_by_role("progressbar")).to_have_attribute("value", "17")
    assert [words for words in reader.hears() if "%" in words] == ["notes.txt: 0%"]
    accepted.sends(TEXT, first=1, last=4)
    expect(card(bob, "notes.txt").get_by_role("progressbar")).to_have_attribute("value", "68")
    assert [words for words in reader.hears() if "%" in words] == ["notes.txt: 50%"]
    accepted.sends(TEXT, first=4)
    accepted.says(type="whole")
    has_buttons(bob, "notes.txt", "Save")
    assert [words for words in reader.hears() if "%" in words] == ["notes.txt: 100%"]


def test_a_program_is_saved_after_a_warning(alice, bob, transfers):
    meet(alice, bob)
    offers(alice, "holiday.jpg.exe", TEXT, "jpeg")
    reads(bob, "holiday.jpg.exe", "This is a program or a script.")
    button(bob, "holiday.jpg.exe", "Accept").click()
    transfers.is_opened(bob.page, 1)
    transfers.sends_all(TEXT)
    save = button(bob, "holiday.jpg.exe", "Save")
    save.click()
    dialog = bob.page.get_by_role("dialog", name="holiday.jpg.exe")
    expect(dialog).to_contain_text(f"Open it only if you trust {alice.name}")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    bob.page.keyboard.press("Enter")
    expect(dialog).not_to_be_visible()
    expect(save).to_be_focused()
    save.click()
    with bob.page.expect_download() as download:
        dialog.get_by_role("button", name="Save").click()
    assert download.value.suggested_filename == "holiday.jpg.exe"
    assert download.value.path().read_bytes() == TEXT
    save.click()
    alice.unsends("holiday.jpg.exe")
    expect(dialog).not_to_be_visible()


def test_everything_works_by_keyboard(alice, bob, offered):
    expect(bob.composer).to_be_focused()
    while not bob.page.locator(".pane:target .transcript :focus").count():
        bob.page.keyboard.press("Shift+Tab")
    expect(bob.heard("notes.txt")).to_be_focused()
    bob.page.keyboard.press("Tab")
    expect(button(bob, "notes.txt", "Accept")).to_be_focused()
    bob.page.keyboard.press("Enter")
    reads(bob, "notes.txt", "Waiting for")
    expect(button(bob, "notes.txt", "Stop")).to_be_focused()
    offered.is_opened(bob.page, 1)
    offered.sends_all(TEXT)
    expect(button(bob, "notes.txt", "Save")).to_be_focused()
    with bob.page.expect_download():
        bob.page.keyboard.press("Enter")
