"""A page of another version than the server is told to reload, and loses no messages."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_faults import all_delivered, transcript
from tests.support.fresh_copy import make_copy
from tests.support.servers import ROOT, Server

WORDS = "Sotto was updated. Copy what you need and reload."


def line(person):
    return person.page.locator("#updated")


def reloads(person):
    line(person).get_by_role("button", name="Reload").click()
    person.is_connected()


def an_older_release(folder):
    """A release without page versions, in which the transcript was called a log."""
    folder.mkdir()
    make_copy(folder)
    listener = r"(?s)document\.addEventListener\('htmx:oobErrorNoTarget'.*?\n}\)\n"
    for name, words, before in [
        ("messaging/consumers/frames.py", r"fields\.get\(\"version\"\) != PAGE_VERSION", "False"),
        ("templates/messaging/home.html", r"<input[^>]* name=\"version\"[^>]*>", ""),
        ("static/js/connection/fragments.js", listener, ""),
        *((file, "-transcript", "-log") for file in (folder / "templates").rglob("*.html")),
    ]:
        file = folder / name
        file.write_text(re.sub(words, before, file.read_text()))
    return folder


@pytest.fixture
def server(tmp_path):
    running = Server(tmp_path)
    running.root = an_older_release(tmp_path / "older")
    yield running.start()
    running.stop()


def test_an_upgrade_loses_nothing_from_open_pages(server, alice, bob):
    alice.chooses(bob).says("before it")
    bob.chooses(alice).hears("before it")
    bob.writes("half a thought")
    sockets = []
    bob.page.on("websocket", lambda socket: sockets.append(socket.url))
    server.stop()
    server.root = ROOT
    server.start()
    for person in (alice, bob):
        expect(line(person)).to_contain_text(WORDS, timeout=20_000)
    came_back = len(sockets)
    reloads(alice)
    alice.says("are you there?")
    expect(alice.pane).to_contain_text(f"Waiting for {bob.name}. {bob.name} isn’t connected.")
    bob.page.evaluate("dispatchEvent(new Event('online'))")
    assert transcript(bob) == ["before it"]
    expect(bob.composer).to_have_value("half a thought")
    expect(line(bob)).to_have_count(1)
    assert len(sockets) == came_back  # it does not reload by itself
    reloads(bob)
    bob.hears("are you there?")
    all_delivered(alice, 1)
    for person in (alice, bob):
        person.forgives_the_wire()


def test_a_fragment_without_a_target_is_not_confirmed(both):
    alice, bob = both
    alice.says("shown")
    bob.hears("shown")
    bob.pane.locator(".transcript").evaluate("list => { list.id = 'log' }")
    alice.says("where to?")
    expect(line(bob)).to_contain_text(WORDS)
    expect(bob.page.locator("#connection")).to_be_empty()  # nothing else is wrong
    expect(alice.heard("where to?")).to_contain_text("sending")
    assert transcript(bob) == ["shown"]
    bob.errors[:] = [error for error in bob.errors if "oobErrorNoTarget" not in error]
    reloads(bob)
    bob.hears("where to?")
    all_delivered(alice, 2)
