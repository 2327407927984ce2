"""Connections that are cut for long or half open, with real browsers."""

import time
from dataclasses import dataclass, field
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Somebody
from tests.browser.files.attaching import offers, state
from tests.browser.files.offers import button, has_buttons, reads
from tests.browser.test_faults import transcript
from tests.browser.wires import is_about_the_wire
from tests.support.proxy import Wire

SHORT, LONG = (
    (5, 60, 85),
    100,
)  # seconds without a wire: within what the server remembers, and beyond
NOTICED = 50 + 6  # two and a half beats, and until the page looks next
FILE_NOTICED = 30 + 3
WIRES = len(SHORT) + 1


@dataclass
class Pair:
    """Two people in conversation. Bob's connection can be cut."""

    alice: Somebody
    bob: Somebody
    wire: Wire
    seconds: int = 0
    hers: list[str] = field(default_factory=list)
    his: list[str] = field(default_factory=list)

    def alice_says(self, text):
        self.alice.says(text)
        self.hers.append(text)

    def bob_says(self, text):
        self.bob.says(text)
        self.his.append(text)

    def are_sure(self, timeout=20):
        """Wait until each has been told that everything was delivered."""
        for person, said in ((self.alice, self.hers), (self.bob, self.his)):
            delivered = person.pane.locator(".transcript .state--delivered")
            expect(delivered).to_have_count(len(said), timeout=timeout * 1000)


@pytest.fixture(scope="module")
def wires(prepared):
    """Return the proxies, whose addresses the server knows from the start."""
    made = [Wire(prepared.port).start() for _ in range(WIRES)]
    prepared.environment["CSRF_TRUSTED_ORIGINS"] = ",".join(wire.url for wire in made)
    yield made
    for wire in made:
        wire.stop()


@pytest.fixture
def pair(wires, server, somebody):
    """Return a function that makes two new people, one of them behind a proxy."""
    pairs: list[Pair] = []

    def meet(place, seconds=0):
        wire = wires[place]
        alice, bob = somebody("alice"), somebody("bob", url=wire.url)
        pairs.append(Pair(alice.chooses(bob), bob.chooses(alice), wire, seconds))
        return pairs[-1]

    yield meet
    for each in pairs:
        each.wire.mend()
        each.bob.errors[:] = [error for error in each.bob.errors if not is_about_the_wire(error)]


def is_cut_off(pair, timeout=20):
    expect(pair.bob.page.locator("body")).to_have_attribute(
        "data-connection", "closed", timeout=timeout * 1000
    )


def is_back(pair):
    """Restore the connection, and return the seconds until Bob's page is back."""
    began = time.monotonic()
    pair.wire.mend()
    expect(pair.bob.page.locator("body")).to_have_attribute(
        "data-connection", "open", timeout=20_000
    )
    return round(time.monotonic() - began, 1)


def are_cut(pairs):
    """Cut all connections at once, and return the moment."""
    for pair in pairs:
        pair.alice_says("before")
        pair.bob.hears("before")
    for pair in pairs:
        pair.wire.cut()
        pair.alice_says("missed from the first moment")
    began = time.monotonic()
    for pair in pairs:
        is_cut_off(pair)
        pair.bob_says("typed without a wire")
        pair.bob_says("typed as well")
    return began


def go_on_talking(pairs, until):
    """Send messages every few seconds to those who are cut off."""
    while (left := until - time.monotonic()) > 0:
        pairs[0].alice.page.wait_for_timeout(1000 * min(left, 7))
        for pair in pairs:
            if time.monotonic() < until - 1:
                pair.alice_says(f"missed {len(pair.hers)}")


def nothing_is_missing(pair):
    pair.are_sure()
    assert [text for text in transcript(pair.bob) if text not in pair.his] == pair.hers
    assert [text for text in transcript(pair.alice) if text not in pair.hers] == pair.his
    for person in (pair.alice, pair.bob):
        assert len(transcript(person)) == len(pair.hers) + len(pair.his)
        expect(person.pane.locator(".note--gap")).to_have_count(0)


def lines(person):
    """Return the transcript with its notes. "GAP" is the note that something is missing."""
    return person.pane.locator(".transcript > li").evaluate_all(
        "all => all.map((li) => li.querySelector('.message__text')?.textContent.trim() ?? 'GAP')"
    )


def what_is_missing_is_said(pair):
    """Check that everything that was kept follows the note once."""
    expect(pair.bob.pane.locator(".note--gap")).to_have_count(1)
    expect(pair.bob.pane.locator(".note--gap")).to_contain_text("You were offline")
    pair.are_sure(timeout=40)
    seen = lines(pair.bob)
    assert seen[:2] == ["before", "GAP"]
    assert sorted(seen[2:]) == sorted(pair.hers[1:] + pair.his)


def test_a_cut_connection_loses_nothing_or_reports_what_was_lost(pair, record_property):
    pairs = [pair(place, seconds) for place, seconds in enumerate([*SHORT, LONG])]
    began = are_cut(pairs)
    for place, each in enumerate(pairs):
        go_on_talking(pairs[place:], began + each.seconds)
        record_property(f"cut for {each.seconds} s: back after, in s", is_back(each))
    *short, long = pairs
    for each in short:
        nothing_is_missing(each)
    what_is_missing_is_said(long)


def test_a_half_open_connection_is_noticed_and_typed_text_is_sent_once(pair, record_property):
    both = pair(0)
    both.alice_says("before")
    both.bob.hears("before")
    both.wire.blackhole()
    began = time.monotonic()
    both.bob_says("into the void")
    both.alice_says("towards the void")
    is_cut_off(both, timeout=NOTICED)
    record_property("noticed after, in s", round(time.monotonic() - began, 1))
    record_property("back after, in s", is_back(both))
    both.bob.hears("towards the void")
    both.are_sure()
    for person in (both.alice, both.bob):
        assert sorted(transcript(person)) == ["before", "into the void", "towards the void"]
        expect(person.pane.locator(".note--gap")).to_have_count(0)


@pytest.mark.parametrize("who", [0, 1], ids=["sender", "recipient"])
def test_a_half_open_connection_of_a_file_is_noticed_and_it_begins_again(
    somebody, record_property, who
):
    alice, bob = somebody("alice"), somebody("bob")
    bob.chooses(alice)
    alice.chooses(bob)
    swallows_after([alice, bob][who], 20)
    offers(alice, "large.bin")
    button(bob, "large.bin", "Accept").click()
    reads(bob, "large.bin", "%")
    began = time.monotonic()
    expect(state(alice, "large.bin")).to_have_text(
        "Interrupted. Trying again…", timeout=FILE_NOTICED * 1_000
    )
    record_property("noticed after, in s", round(time.monotonic() - began, 1))
    has_buttons(bob, "large.bin", "Save")
    expect(state(alice, "large.bin")).to_have_text(f"Received by {bob.name}")


def swallows_after(person: Somebody, count: int) -> None:
    """Let the page's first socket of files pass so many frames, and not even its end."""
    budgets = iter([count])

    def meets(socket):
        server, left = socket.connect_to_server(), [next(budgets, 1_000_000)]

        def passes(far, data):
            left[0] -= 1
            if left[0] >= 0:
                far.send(data)

        socket.on_message(partial(passes, server))
        server.on_message(partial(passes, socket))
        for end in (socket, server):
            end.on_close(lambda *_: None)

    person.page.route_web_socket("**/ws/files/", meets)
