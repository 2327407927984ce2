"""Files pass from one page to another in spite of lost connections and restarts, unless declined or
stopped.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.files.attaching import sends_file
from tests.browser.files.offers import button, card, has_buttons, reads
from tests.browser.files.painted import drawn
from tests.browser.wires import is_back, is_cut_off

LARGE = bytes(range(250)) * 36_000


@pytest.fixture
def alice(both):
    return both[0]


@pytest.fixture
def bob(both):
    return both[1]


def saves(person, name: str) -> bytes:
    with person.page.expect_download() as download:
        button(person, name, "Save").click()
    return download.value.path().read_bytes()


def is_receiving(person, name: str) -> None:
    bar = card(person, name).locator("progress:not([value='0'])")
    expect(bar).to_be_visible(timeout=20_000)


def is_received(person, name: str) -> None:
    expect(button(person, name, "Save")).to_be_visible(timeout=60_000)


def test_a_file_is_passed_on_and_saved(alice, bob):
    sends_file(alice, "harbour.dat", LARGE)
    button(bob, "harbour.dat", "Accept").click()
    is_received(bob, "harbour.dat")
    expect(alice.heard("harbour.dat")).to_contain_text(f"Received by {bob.name}")
    assert saves(bob, "harbour.dat") == LARGE


@pytest.mark.parametrize(
    "who", [pytest.param(0, marks=pytest.mark.matrix), 1], ids=["sender", "recipient"]
)
def test_a_cut_wire_begins_the_transfer_again(both, alice, bob, who):
    sends_file(alice, "harbour.dat", LARGE)
    button(bob, "harbour.dat", "Accept").click()
    is_receiving(bob, "harbour.dat")
    both[who].wire.cut()
    reads(bob, "harbour.dat", "Interrupted. Trying again…")
    is_cut_off(both[who])
    is_back(both[who])
    is_received(bob, "harbour.dat")
    assert saves(bob, "harbour.dat") == LARGE
    expect(alice.heard("harbour.dat")).to_contain_text(f"Received by {bob.name}")


def test_a_restarted_server_begins_the_transfer_again(place, alice, bob):
    sends_file(alice, "harbour.dat", LARGE)
    button(bob, "harbour.dat", "Accept").click()
    is_receiving(bob, "harbour.dat")
    place.server.stop()
    reads(bob, "harbour.dat", "Interrupted. Trying again…")
    place.server.start()
    for person in (alice, bob):
        is_back(person)
    is_received(bob, "harbour.dat")
    assert saves(bob, "harbour.dat") == LARGE


def test_both_people_can_stop(alice, bob):
    sends_file(alice, "harbour.dat", LARGE)
    button(bob, "harbour.dat", "Accept").click()
    is_receiving(bob, "harbour.dat")
    button(bob, "harbour.dat", "Stop").click()
    has_buttons(bob, "harbour.dat", "Accept", "Decline")
    expect(alice.heard("harbour.dat")).to_contain_text(f"Stopped by {bob.name}")
    button(bob, "harbour.dat", "Accept").click()
    is_receiving(bob, "harbour.dat")
    button(alice, "harbour.dat", "Stop").click()
    reads(bob, "harbour.dat", f"Stopped by {alice.name}")


def test_a_decision_without_a_connection_is_told_later(alice, bob):
    sends_file(alice, "harbour.dat", b"abc")
    card(bob, "harbour.dat").locator(".file__note").wait_for(state="attached")
    bob.wire.cut()
    is_cut_off(bob)
    button(bob, "harbour.dat", "Decline").click()
    expect(card(bob, "harbour.dat").get_by_text("Declining…")).to_be_visible()
    is_back(bob)
    reads(bob, "harbour.dat", "Declined")
    expect(alice.heard("harbour.dat")).to_contain_text(f"{bob.name} declined")
    expect(bob.pane.locator(".kept")).to_have_count(0)


def test_a_picture_is_shown_to_a_person_who_has_written(alice, bob):
    bob.says("show me")
    alice.hears("show me")
    sends_file(alice, "harbour.jpg", drawn(alice.page, "jpeg", 640, 480))
    has_buttons(bob, "harbour.jpg", "Show", "Save")
    expect(card(bob, "harbour.jpg").get_by_role("img", name="harbour.jpg")).to_be_visible()
    expect(alice.heard("harbour.jpg")).to_contain_text(f"Received by {bob.name}")


def test_a_closed_page_has_no_file(alice, bob):
    sends_file(alice, "harbour.dat", b"abc")
    has_buttons(bob, "harbour.dat", "Accept", "Decline")
    alice.page.goto("about:blank")
    button(bob, "harbour.dat", "Accept").click()
    gone = f"No longer available. Ask {alice.name} to send it again."
    expect(card(bob, "harbour.dat")).to_contain_text(gone, timeout=60_000)
