"""Files whose transfer is cut off, or whose recipient is away."""

import signal

import pytest
from playwright.sync_api import expect

from tests.browser.files.attaching import (
    LARGE,
    a_file,
    asks_before_leaving,
    attaches,
    offers,
    sends_file,
    state,
)
from tests.browser.files.recipient import accepts, confirms, has, is_told
from tests.browser.wires import is_back, is_cut_off


@pytest.fixture
def alice(both):
    return both[0]


@pytest.fixture
def bob(both):
    return both[1]


def test_an_offer_waits_for_an_absent_person(alice, bob):
    bob.page.goto("about:blank")
    sends_file(alice, "large.bin", LARGE)
    expect(alice.pane.locator(".message .state--waiting")).to_be_visible(timeout=30_000)
    assert asks_before_leaving(alice)
    expect(alice.heard("large.bin").get_by_role("button", name="Edit")).to_have_count(0)
    bob.page.goto(f"{bob.url}/")
    bob.is_connected().chooses(alice)
    accepts(bob, "large.bin")
    has(bob, LARGE)
    expect(state(alice, "large.bin")).to_have_text(f"Received by {bob.name}")


@pytest.mark.matrix
def test_a_transfer_goes_on_by_itself_once_the_sender_is_back(alice, bob):
    offers(alice, "large.bin")
    accepts(bob, "large.bin", chunks=10)
    expect(state(alice, "large.bin")).to_contain_text("50%")
    alice.wire.cut()
    expect(state(alice, "large.bin")).to_have_text("Interrupted. Trying again…")
    is_cut_off(alice)
    assert asks_before_leaving(alice)
    confirms(bob)
    is_back(alice)
    has(bob, LARGE)
    is_told(bob, "start", "interrupted", "start", "whole")
    expect(state(alice, "large.bin")).to_have_text(f"Received by {bob.name}")


def test_files_attached_without_a_connection_are_offered_later(alice, bob):
    attaches(alice, a_file("first.txt"))
    alice.wire.cut()
    is_cut_off(alice)
    attaches(alice, a_file("second.bin", LARGE))
    alice.says("and this")
    expect(alice.pane.locator(".outbox .message")).to_have_count(3)
    is_back(alice)
    bob.hears("and this")
    texts = bob.pane.locator(".message__text").all_text_contents()
    assert [text.strip() for text in texts] == ["first.txt", "second.bin", "and this"]
    accepts(bob, "second.bin")
    has(bob, LARGE)


@pytest.mark.matrix
def test_a_restarted_server_sends_the_rest(alice, bob, place):
    offers(alice, "large.bin")
    accepts(bob, "large.bin", chunks=10)
    expect(state(alice, "large.bin")).to_contain_text("50%")
    place.server.stop(signal.SIGKILL)
    expect(state(alice, "large.bin")).to_have_text("Interrupted. Trying again…")
    place.server.start()
    is_back(alice)
    is_back(bob)
    accepts(bob, "large.bin")
    has(bob, LARGE)
    expect(state(alice, "large.bin")).to_have_text(f"Received by {bob.name}")
