"""How a page gets its connection and keeps it: whatever its browser says of the network."""

import signal

import pytest

from tests.browser.test_faults import all_delivered
from tests.browser.test_new_password import chooses_a_password
from tests.browser.wires import is_about_the_wire, is_back, is_cut_off
from tests.serving import Serving

# As a browser behind some VPNs says it, for ever.
OFFLINE = "Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false })"


@pytest.fixture
def meet(place, somebody):
    """A function: `meet(script)` is Alice and Bob in conversation, where this script runs first in Alice's pages."""
    people: list = []

    def meet_them(script):
        people.extend(
            somebody(name, signed_up=False, url=wire.url)
            for name, wire in zip(["alice", "bob"], place.wires, strict=True)
        )
        people[0].page.context.add_init_script(script)
        for person, wire in zip(people, place.wires, strict=True):
            person.wire = wire
            person.signs_up()
        for person, other in zip(people, reversed(people), strict=True):
            person.chooses(other)
        return people

    yield meet_them
    for wire in place.wires:
        wire.mend()
    for person in people:
        person.errors[:] = [error for error in person.errors if not is_about_the_wire(error)]


def test_a_browser_that_says_it_is_offline_comes_back_after_a_restart(tmp_path, somebody):
    server = Serving(tmp_path, DJANGO_SETTINGS_MODULE="tests.quick_settings").start()
    alice, bob = somebody("alice", signed_up=False, url=server.url), somebody("bob", url=server.url)
    alice.page.add_init_script(OFFLINE)
    alice.signs_up().chooses(bob)
    bob.chooses(alice)
    server.stop(signal.SIGTERM)
    is_cut_off(alice)
    alice.says("typed meanwhile")
    server.start()
    bob.hears("typed meanwhile")
    all_delivered(alice, 1)
    server.stop()
    for person in (alice, bob):
        person.errors[:] = [error for error in person.errors if not is_about_the_wire(error)]


def test_it_comes_back_after_a_new_password_in_another_tab(meet):
    alice, bob = meet(OFFLINE)
    alice.writes("half a thought")
    chooses_a_password(alice, "another long enough password")
    alice.composer.press("Enter")
    bob.hears("half a thought")
    all_delivered(alice, 1)


def test_a_word_about_the_network_ends_nothing(meet):
    alice, bob = meet(OFFLINE)
    alice.page.evaluate("dispatchEvent(new Event('offline'))")
    alice.is_connected()
    alice.says("still here")
    bob.hears("still here")
    bob.says("so I see")
    alice.hears("so I see")


def test_a_half_open_connection_is_noticed_too(meet):
    alice, bob = meet(OFFLINE)
    alice.wire.blackhole()
    bob.says("towards the void")
    is_cut_off(alice)
    is_back(alice)
    alice.hears("towards the void")
