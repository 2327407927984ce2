"""A page keeps its connection, whatever its browser says about the network, clock or sleep."""

import signal

import pytest
from playwright.sync_api import expect

from tests.browser.accounts.test_new_password import chooses_a_password
from tests.browser.conftest import becomes
from tests.browser.test_faults import all_delivered
from tests.browser.test_without_javascript import CONNECTED
from tests.browser.wires import is_back, is_cut_off
from tests.support.serving import Serving

# Some browsers behind a VPN always report this.
OFFLINE = "Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false })"
# A user or the network can set the time of day. The monotonic clock doesn't change with it.
SETTABLE = """
    const Real = Date
    let ahead = 0
    window.Date = class extends Real {
      constructor(...given) { given.length ? super(...given) : super(Real.now() + ahead) }
      static now() { return Real.now() + ahead }
    }
    window.setClock = (ms) => { ahead = ms }
"""
# The monotonic clock of a page stops while its machine sleeps.
SLEEPY = """
    const real = performance.now.bind(performance)
    let stoppedAt
    performance.now = () => stoppedAt ?? real()
    window.sleep = () => { stoppedAt = real() }
"""


@pytest.fixture
def meet(place, somebody):
    """Return a function. `meet(script)` returns Alice and Bob in conversation. The script runs
    first in Alice's pages.
    """
    people: list = []

    def meet_them(script):
        ends = zip(["alice", "bob"], place.wires, strict=True)
        people.extend(somebody(name, signed_up=False, url=wire.url) for name, wire in ends)
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
        person.forgives_the_wire()


@pytest.mark.matrix
def test_a_browser_that_reports_offline_reconnects_after_a_restart(tmp_path, somebody):
    server = Serving(tmp_path, DJANGO_SETTINGS_MODULE="tests.settings.quick").start()
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
        person.forgives_the_wire()


def test_it_reconnects_after_a_new_password_in_another_tab(meet):
    alice, bob = meet(OFFLINE)
    alice.writes("half a thought")
    chooses_a_password(alice, "another long enough password")
    alice.composer.press("Enter")
    bob.hears("half a thought")
    all_delivered(alice, 1)


def test_network_events_of_the_browser_close_no_connection(meet):
    alice, bob = meet(OFFLINE)
    alice.page.evaluate("dispatchEvent(new Event('offline'))")
    alice.is_connected()
    alice.says("still here")
    bob.hears("still here")
    bob.says("so I see")
    alice.hears("so I see")


@pytest.mark.matrix  # test_faults cuts other browsers off like this
def test_a_half_open_connection_is_noticed(meet):
    alice, bob = meet(OFFLINE)
    alice.wire.blackhole()
    bob.says("towards the void")
    is_cut_off(alice)
    is_back(alice)
    alice.hears("towards the void")


@pytest.mark.matrix
def test_setting_the_clock_changes_nothing(meet):
    alice, bob = meet(SETTABLE)
    sockets = []
    alice.page.on("websocket", lambda socket: sockets.append(socket.url))
    alice.page.evaluate("""() => {
        window.frames = 0
        document.addEventListener('htmx:wsBeforeMessage', () => { window.frames += 1 })
        setClock(3_600_000)
    }""")
    # After some heartbeats, it is the same connection.
    becomes(lambda: alice.page.evaluate("window.frames") > 3, True)
    assert sockets == []
    bob.wire.freeze()
    alice.says("on its way")
    expect(alice.heard("on its way")).to_contain_text("sending")
    alice.wire.cut()
    is_cut_off(alice)
    alice.page.evaluate("setClock(7_200_000)")
    is_back(alice)
    bob.wire.mend()
    bob.hears("on its way")
    all_delivered(alice, 1)
    expect(alice.pane.locator(".note--gap, .state--unknown")).to_have_count(0)


def test_a_page_says_that_it_was_away_after_sleep(meet):
    """Its own clock shows no absence, and the server has forgotten it without a restart."""
    alice, bob = meet(SLEEPY)
    bob.page.goto("about:blank")
    alice.says("good night")
    expect(alice.heard("good night").locator(".state--away")).to_be_visible()
    alice.page.evaluate("sleep()")
    alice.wire.cut()
    bob.page.goto(bob.wire.url)
    bob.is_connected().chooses(alice).hears("good night")
    # When the server refuses this, it has already forgotten the recipient.
    bob.says("it is late")
    expect(bob.heard("it is late").locator(".state--waiting")).to_be_visible(timeout=30_000)
    is_back(alice)
    expect(alice.pane.locator(".note--gap")).to_contain_text("You were offline. Messages")
    expect(alice.heard("good night").locator(".state--unknown")).to_be_visible()
    alice.hears("it is late")


def test_blocked_websockets_are_explained_until_one_opens(place, somebody):
    ways = {"refused": "alice", "unanswered": "bob"}
    blocked = {way: somebody(name, signed_up=False) for way, name in ways.items()}
    for wire, (way, person) in zip(place.wires, blocked.items(), strict=True):
        wire.handshakes = way
        person.url = wire.url
        person.page.clock.install()
        person.registers().page.goto(f"{wire.url}/")
    for person in blocked.values():
        person.page.clock.run_for(15_000)
        notice = person.page.locator("#unopened")
        expect(notice).to_contain_text("A live connection couldn’t be opened.")
        expect(person.page.locator("#connection")).to_be_empty()  # there was no connection to lose
        expect(notice.get_by_role("link")).to_have_attribute("href", "/plain/")
    plain = blocked["refused"].page.context.new_page()
    plain.goto(f"{place.wires[0].url}/plain/", wait_until="commit")  # which never finishes loading
    said = plain.frame_locator("iframe[name=transcript]")
    expect(said.get_by_text(CONNECTED, exact=True)).to_be_visible()
    plain.close()
    for wire, person in zip(place.wires, blocked.values(), strict=True):
        wire.mend()
        person.is_connected()
        expect(person.page.locator("#unopened")).to_be_empty()
        person.forgives_the_wire()
