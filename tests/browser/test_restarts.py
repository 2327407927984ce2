"""After a server is killed and restarted, pages resume within RESUME_SECONDS, even on a slow
machine.
"""

import signal

import pytest
from playwright.sync_api import expect

from tests.browser.test_faults import alice, all_delivered, bob, transcript  # noqa: F401 - they are fixtures
from tests.browser.wires import Place, is_back, is_cut_off


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    made = Place(tmp_path_factory.mktemp("place"), settings="tests.settings.frequent_heartbeat")
    yield made
    made.stop()


def test_a_restarted_server_loses_nothing_that_was_not_confirmed(alice, bob, place):
    alice.says("before the crash")
    bob.hears("before the crash")
    bob.wire.freeze()
    alice.says("on its way")
    expect(alice.heard("on its way")).to_contain_text("sending")
    place.server.stop(signal.SIGKILL)
    is_cut_off(alice)
    alice.says("during the crash")
    bob.wire.mend()
    place.server.start()
    is_back(alice)
    is_back(bob)
    bob.hears("during the crash")
    bob.hears("on its way")
    all_delivered(alice, 3)
    assert sorted(transcript(bob)) == ["before the crash", "during the crash", "on its way"]
    for person in (alice, bob):
        expect(person.pane.locator(".note--gap")).to_contain_text("The server restarted")


@pytest.mark.matrix
def test_the_order_of_messages_survives_a_restart(alice, bob, place):
    alice.says("shown")
    bob.hears("shown")
    bob.wire.freeze()
    alice.says("first")
    expect(alice.heard("first")).to_contain_text("sending")
    alice.wire.cut()
    is_cut_off(alice)
    alice.says("second")
    place.server.stop(signal.SIGKILL)
    bob.wire.mend()
    place.server.start()
    is_back(alice)
    is_back(bob)
    all_delivered(alice, 3)
    assert transcript(alice) == transcript(bob) == ["shown", "first", "second"]
