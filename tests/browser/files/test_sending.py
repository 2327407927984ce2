"""Files are offered as messages. The page that has a file sends it when the recipient accepts."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.audit import fits, is_accessible, is_hit
from tests.browser.conftest import PHONE
from tests.browser.files.attaching import (
    LARGE,
    a_file,
    are_ready,
    asks_before_leaving,
    attaches,
    button,
    cards,
    offers,
    sends_file,
    state,
)
from tests.browser.files.painted import drawn
from tests.browser.files.recipient import accepts, confirms, has, is_closed, is_told


def test_files_and_text_are_messages_of_their_own(talk):
    alice, _ = talk
    attaches(alice, a_file("one.txt"), a_file("two.txt"))
    alice.says("what do you think?")
    for person in talk:
        person.hears("what do you think?")
        said = person.pane.locator(".message__text").all_text_contents()
        assert [text.strip() for text in said] == ["one.txt", "two.txt", "what do you think?"]
    expect(cards(alice)).to_have_count(0)
    expect(alice.composer).to_have_value("")
    expect(alice.composer).to_be_focused()


def test_a_file_needs_no_text_and_leaves_the_reply(talk):
    alice, bob = talk
    bob.says("see you at five")
    alice.hears("see you at five")
    alice.acts_on("see you at five", "Reply")
    offers(alice, "notes.txt", b"notes")
    bob.hears("notes.txt")
    expect(alice.pane.locator(".reply__text")).to_have_text("see you at five")
    alice.says("gladly")
    bob.hears("gladly")
    expect(bob.heard("gladly").locator(".quote")).to_be_visible()
    expect(bob.heard("notes.txt").locator(".quote")).to_have_count(0)


def test_a_text_that_is_too_long_keeps_the_files_with_it(talk):
    alice, _ = talk
    attaches(alice, a_file())
    alice.says("x" * 4_001)
    expect(alice.pane.get_by_text("1 too many")).to_be_visible()
    expect(cards(alice)).to_have_count(1)
    expect(alice.pane.locator(".message")).to_have_count(0)


def test_a_file_goes_from_page_to_page(talk):
    alice, bob = talk
    offers(alice, "large.dat")
    bob.heard("large.dat").get_by_role("button", name="Accept").click()
    with bob.page.expect_download() as download:
        bob.heard("large.dat").get_by_role("button", name="Save").click()
    assert download.value.path().read_bytes() == LARGE
    expect(state(alice, "large.dat")).to_have_text(f"Received by {bob.name}")


REQUEST = """(message, size) => {
  const request = document.createElement('i')
  Object.assign(request.dataset, { token: 'a', message, size, digest: '' })
  document.getElementById('file-requests').append(request)
  htmx.trigger(request, 'htmx:load')
}"""


def test_a_request_for_more_than_was_offered_is_not_answered(talk):
    alice, bob = talk
    offers(alice, "large.dat")
    expect(bob.heard("large.dat")).to_be_visible()
    key = alice.heard("large.dat").get_attribute("id").removeprefix("message-")
    opened = []
    alice.page.on("websocket", lambda socket: opened.append(socket.url))
    alice.page.evaluate(f"([key, size]) => ({REQUEST})(key, size)", [key, len(LARGE) + 1])
    assert alice.page.locator("#file-requests > i").count() == 0
    bob.heard("large.dat").get_by_role("button", name="Accept").click()
    expect(state(alice, "large.dat")).to_have_text(f"Received by {bob.name}")
    assert len(opened) == 1


def test_the_other_page_gets_exactly_the_file(talk):
    alice, bob = talk
    offers(alice, "large.bin")
    assert asks_before_leaving(alice)
    accepts(bob, "large.bin", chunks=10)
    bar = state(alice, "large.bin").get_by_role("progressbar", name="Sending")
    expect(bar).to_have_js_property("value", 50)
    expect(state(alice, "large.bin")).to_contain_text("50%")
    expect(alice.page.locator("#file-news")).to_have_text("large.bin: 50%")
    is_accessible(alice.page)
    confirms(bob)
    has(bob, LARGE)
    is_told(bob, "start", "whole")
    expect(state(alice, "large.bin")).to_have_text(f"Received by {bob.name}")
    assert not asks_before_leaving(alice)


def test_the_senders_other_windows_show_the_file_without_controls(talk):
    alice, bob = talk
    other = alice.opens_another_window().chooses(bob)
    offers(alice, "large.bin")
    accepts(bob, "large.bin", chunks=10)
    expect(state(alice, "large.bin").get_by_role("progressbar")).to_be_visible()
    other.hears("large.bin")
    expect(other.heard("large.bin")).to_contain_text("File, 1.3 MB")
    expect(other.heard("large.bin").get_by_role("progressbar")).to_have_count(0)
    assert not asks_before_leaving(other)
    confirms(bob)
    expect(state(other, "large.bin")).to_have_text(f"Received by {bob.name}")


def test_the_sender_sees_the_picture_that_was_sent(talk):
    alice, bob = talk
    other = alice.opens_another_window().chooses(bob)
    offers(alice, "harbour.jpg", drawn(alice.page, "jpeg", 640, 480))
    picture = alice.heard("harbour.jpg").get_by_role("img", name="harbour.jpg")
    assert picture.bounding_box()["height"] > 200
    bob.heard("harbour.jpg").get_by_role("button", name="Accept").click()
    expect(state(alice, "harbour.jpg")).to_have_text(f"Received by {bob.name}")
    expect(picture).to_be_visible()
    expect(other.heard("harbour.jpg").get_by_role("img")).to_have_count(0)
    is_accessible(alice.page)
    button = alice.heard("harbour.jpg").get_by_role("button", name="Show")
    expect(button).to_have_attribute("tabindex", "-1")
    button.press("Enter")
    dialog = alice.page.get_by_role("dialog", name="harbour.jpg")
    expect(dialog.get_by_role("img", name="harbour.jpg")).to_be_visible()
    is_accessible(alice.page)
    alice.page.keyboard.press("Escape")
    expect(button).to_be_focused()
    alice.unsends("harbour.jpg")
    expect(picture).to_have_count(0)


def test_the_sender_stops_and_the_other_accepts_again(talk):
    alice, bob = talk
    offers(alice, "large.bin")
    accepts(bob, "large.bin", chunks=3)
    expect(state(alice, "large.bin")).to_contain_text("15%")
    alice.heard("large.bin").get_by_role("button", name="Stop").click()
    expect(state(alice, "large.bin")).to_have_text("You stopped this.")
    is_closed(bob, 4411)
    is_accessible(alice.page)
    accepts(bob, "large.bin")
    has(bob, LARGE)
    expect(state(alice, "large.bin")).to_have_text(f"Received by {bob.name}")


def test_what_the_other_page_does_not_confirm_is_sent_but_not_received(talk):
    alice, bob = talk
    offers(alice, "large.bin")
    accepts(bob, "large.bin", chunks=3)
    expect(state(alice, "large.bin")).to_contain_text("15%")
    bob.page.evaluate("window.transfer.isSilent = true")
    confirms(bob)
    words = f"Sent. The page of {bob.name} hasn’t confirmed it yet."
    expect(state(alice, "large.bin")).to_have_text(words)
    is_accessible(alice.page)
    assert asks_before_leaving(alice)
    bob.page.evaluate("window.transfer.report()")
    expect(state(alice, "large.bin")).to_have_text(f"Received by {bob.name}")


def test_a_recipient_who_closes_the_page_leaves_an_offer(talk):
    alice, bob = talk
    alice.page.evaluate("document.body.dataset.resume = 1")  # before the script reads it
    offers(alice, "large.bin")
    accepts(bob, "large.bin", chunks=3)
    expect(state(alice, "large.bin")).to_contain_text("15%")
    bob.page.evaluate("window.transfer.socket.close()")
    words = f"Not sent completely. {bob.name} can accept it again."
    expect(state(alice, "large.bin")).to_have_text(words)
    is_accessible(alice.page)
    accepts(bob, "large.bin")
    has(bob, LARGE)
    expect(state(alice, "large.bin")).to_have_text(f"Received by {bob.name}")


def test_a_sender_who_blocks_sees_that_this_stopped_the_file(talk):
    alice, bob = talk
    offers(alice, "large.bin")
    accepts(bob, "large.bin", chunks=3)
    expect(state(alice, "large.bin")).to_contain_text("15%")
    alice.opens_dialog("Block").get_by_role("button", name=re.compile("^Block")).click()
    expect(state(alice, "large.bin")).to_have_text("You stopped this.")


def test_the_other_stops(talk):
    alice, bob = talk
    offers(alice, "large.bin")
    accepts(bob, "large.bin", chunks=3)
    expect(state(alice, "large.bin")).to_contain_text("15%")
    bob.page.evaluate("window.transfer.socket.send(JSON.stringify({ type: 'stop' }))")
    expect(state(alice, "large.bin")).to_have_text(f"Stopped by {bob.name}")


def test_unsending_while_the_file_is_sent_ends_the_transfer(talk):
    alice, bob = talk
    offers(alice, "large.bin")
    accepts(bob, "large.bin", chunks=3)
    expect(state(alice, "large.bin")).to_contain_text("15%")
    alice.unsends("large.bin")
    expect(bob.heard("large.bin")).to_have_count(0)
    is_closed(bob, 4410)
    assert not asks_before_leaving(alice)


def test_both_see_that_a_file_is_gone(talk, tmp_path):
    alice, bob = talk
    file = tmp_path / "gone.bin"
    file.write_bytes(LARGE)
    alice.pane.locator(".composer__files").set_input_files(file)
    are_ready(alice)
    alice.composer.press("Control+Enter")
    bob.hears("gone.bin")
    file.unlink()
    bob.heard("gone.bin").get_by_role("button", name="Accept").click()
    expect(state(bob, "gone.bin")).to_contain_text("No longer available.")
    words = "Not sent. This file can’t be read any more."
    expect(state(alice, "gone.bin")).to_have_text(words)
    assert not asks_before_leaving(alice)


def test_only_two_files_are_sent_at_once(talk):
    alice, bob = talk
    windows = [bob, *(bob.opens_another_window().chooses(alice) for _ in range(2))]
    for number, window in enumerate(windows):
        offers(alice, f"{number}.bin")
        accepts(window, f"{number}.bin", chunks=3)
        if window is not windows[2]:
            expect(state(alice, f"{number}.bin")).to_contain_text("15%")
    expect(alice.page.locator("#file-requests > i")).to_have_count(1)
    is_told(windows[2], "postponed")
    confirms(windows[0])
    for number in (0, 2):
        confirms(windows[number])
        has(windows[number], LARGE)
        expect(state(alice, f"{number}.bin")).to_have_text(f"Received by {bob.name}")


@pytest.mark.matrix
def test_a_person_who_sends_too_much_at_once_reads_what_happens(talk):
    alice, bob = talk
    people = [talk, *[[each.opens_another_window() for each in talk] for _ in range(2)]]
    for number, (sender, recipient) in enumerate(people):
        if number:
            sender.chooses(bob)
            recipient.chooses(alice)
        offers(sender, f"{number}.bin")
        accepts(recipient, f"{number}.bin", chunks=3)
        if number < 2:
            expect(state(sender, f"{number}.bin")).to_contain_text("15%")
    last = people[2][0]
    waits = "Other files are being transferred. This page will try again soon."
    expect(state(last, "2.bin")).to_have_text(waits)
    is_told(people[2][1], "postponed")  # or it would give up too soon
    is_accessible(last.page)
    confirms(bob)
    confirms(people[2][1])
    has(people[2][1], LARGE)
    expect(state(last, "2.bin")).to_have_text(f"Received by {bob.name}")


@pytest.mark.matrix
def test_a_damaged_file_is_sent_again(talk):
    alice, bob = talk
    sockets = damaging(alice)
    offers(alice, "large.bin")
    accepts(bob, "large.bin")
    words = "Not sent. The file has changed since it was offered."
    expect(state(alice, "large.bin")).to_contain_text(words)
    is_told(bob, "start")
    is_closed(bob, 4404)  # and is not sent the same again
    is_accessible(alice.page)
    alice.heard("large.bin").get_by_role("button", name="Try again").click()
    expect(cards(alice)).to_contain_text("large.bin")
    sockets["are_fair"] = True
    alice.unsends("large.bin")
    are_ready(alice)
    alice.composer.press("Control+Enter")
    accepts(bob, "large.bin")
    has(bob, LARGE)


def damaging(person) -> dict:
    """Make the page's sockets corrupt the end of what they send, until told to be fair."""
    sockets = {"are_fair": False}

    def meets(socket):
        server = socket.connect_to_server()

        def passes(data):
            is_damaged = isinstance(data, bytes) and not sockets["are_fair"]
            server.send(data[:-1] + b"x" if is_damaged else data)

        socket.on_message(passes)

    person.page.route_web_socket("**/ws/files/", meets)
    return sockets


def test_a_discarded_offer_is_gone(talk):
    alice, bob = talk
    bob.opens_dialog("Block").get_by_role("button", name=re.compile("^Block")).click()
    expect(bob.pane.get_by_role("button", name=re.compile("^Unblock"))).to_be_visible()
    sends_file(alice, "large.bin", LARGE)
    message = alice.pane.locator(".outbox .message")
    expect(message).to_contain_text("Not delivered")
    expect(message.get_by_role("button", name="Edit")).to_have_count(0)
    is_accessible(alice.page)
    message.get_by_role("button", name="Discard").click()
    expect(message).to_have_count(0)
    assert not asks_before_leaving(alice)


def test_sending_on_a_phone(somebody, bob):
    alice = somebody("alice", **{**PHONE, "viewport": {"width": 390, "height": 780}}).chooses(bob)
    bob.chooses(alice)
    with alice.page.expect_file_chooser() as chooser:
        button(alice).tap()
    picture = a_file("harbour.jpg", drawn(alice.page, "jpeg", 640, 480))
    chooser.value.set_files([picture, a_file("large.bin", LARGE)])
    are_ready(alice)
    assert cards(alice).locator("canvas").evaluate("({ offsetWidth }) => offsetWidth") < 100
    fits(alice.page)
    alice.pane.get_by_role("button", name="Send", exact=True).tap()
    accepts(bob, "large.bin", chunks=10)
    expect(state(alice, "large.bin")).to_contain_text("50%")
    box = alice.heard("harbour.jpg").get_by_role("img").bounding_box()
    assert box["x"] + box["width"] < 390
    fits(alice.page)
    is_hit(alice.page)
    alice.heard("large.bin").get_by_role("button", name="Stop").tap()
    expect(state(alice, "large.bin")).to_have_text("You stopped this.")
