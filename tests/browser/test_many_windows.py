"""Too many windows close the oldest one, and a page whose socket is closed by age reconnects."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import becomes
from tests.support.serving import Serving

MOST = 10


def test_the_oldest_of_too_many_windows_is_disconnected_and_stays_so(somebody):
    bob = somebody("bob")
    alice = somebody("alice").chooses(bob)
    for _ in range(MOST):
        alice.opens_another_window()
    body = alice.page.locator("body")
    expect(body).to_have_attribute("data-connection", "crowded")
    expect(alice.page.locator("#notices")).to_contain_text("too many windows open")
    expect(alice.page.locator("#connection")).to_have_text("This window is no longer connected.")
    alice.clears()
    expect(alice.pane.locator(".kept__undone")).to_have_text(
        "This wasn’t done. This window is no longer connected."
    )
    expect(alice.pane.locator(".kept__undone")).to_be_visible()
    expect(alice.pane.locator(".kept__doing")).not_to_be_visible()
    # It doesn't reconnect and replace another window when the network returns or it gets the focus.
    alice.page.context.set_offline(True)
    alice.page.context.set_offline(False)
    alice.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    others = alice.page.context.pages[1:]
    for other in others:
        expect(other.locator("body")).to_have_attribute("data-connection", "open", timeout=20_000)
    expect(body).to_have_attribute("data-connection", "crowded")
    alice.page.get_by_role("link", name="Reload it").click()
    alice.is_connected()
    # The order in which they reconnected decides which one is the oldest now.
    crowded = [other.locator("body[data-connection=crowded]") for other in others]
    becomes(lambda: sum(body.count() for body in crowded), 1)
    alice.forgives_the_wire()


@pytest.fixture(scope="module")
def short_lived(tmp_path_factory):
    """Start a server that closes each socket after some seconds."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings.short_lived"}
    server = Serving(tmp_path_factory.mktemp("server"), **settings).start()
    yield server
    server.stop()


@pytest.mark.matrix
def test_a_page_whose_socket_is_closed_by_age_reconnects_and_misses_nothing(somebody, short_lived):
    alice, bob = [somebody(name, url=short_lived.url) for name in ("alice", "bob")]
    closed = []

    def note_its_end(socket):
        socket.on("close", lambda socket: closed.append(socket.url))

    for person in (alice, bob):
        person.page.on("websocket", note_its_end)
        person.comes_again()
    alice.chooses(bob)
    said: list[str] = []
    while len(closed) < 4 or len(said) < 8:
        said.append(f"number {len(said)}")
        alice.says(said[-1])
        alice.page.wait_for_timeout(500)  # simulate a user's pause
        assert len(said) < 60
    bob.page.locator("#open-conversations .person__link").click()
    bob.hears(said[-1])
    expect(alice.pane.locator(".transcript .state--delivered")).to_have_count(len(said))
    heard = bob.pane.locator(".transcript .message__text").all_text_contents()
    assert [text.strip() for text in heard] == said
    expect(bob.pane.locator(".note--gap")).to_have_count(0)
    for person in (alice, bob):
        person.forgives_the_wire()
