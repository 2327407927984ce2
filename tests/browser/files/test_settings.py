"""Sites whose operators permit only pictures, or no files."""

import pytest
from playwright.sync_api import expect

from tests.browser.files.attaching import (
    a_file,
    attaches,
    button,
    cards,
    hands,
    offers,
    problems,
    state,
)
from tests.browser.files.painted import drawn
from tests.support.servers import Server

REFUSAL = "This site accepts only pictures: JPEG, PNG, WebP and GIF."
IS_PREVENTED = """target => {
  const words = { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() }
  words.dataTransfer.items.add(new File(['x'], 'notes.txt'))
  return ['dragover', 'drop'].map(kind => !target.dispatchEvent(new DragEvent(kind, words)))
}"""


@pytest.fixture(scope="module", params=["pictures", "off"])
def server(request, tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("server"), FILES=request.param).start()
    yield running
    running.stop()


only_pictures = pytest.mark.parametrize("server", ["pictures"], indirect=True)
no_files = pytest.mark.parametrize("server", ["off"], indirect=True)


@only_pictures
def test_a_site_for_pictures_accepts_pictures(talk):
    alice, bob = talk
    chosen = alice.pane.locator(".composer__files")
    expect(chosen).to_have_attribute("accept", "image/jpeg,image/png,image/webp,image/gif")
    offers(alice, "harbour.png", drawn(alice.page, "png"))
    bob.heard("harbour.png").get_by_role("button", name="Accept").click()
    expect(state(alice, "harbour.png")).to_have_text(f"Received by {bob.name}")


@only_pictures
def test_a_site_for_pictures_refuses_other_files_with_a_reason(talk):
    alice, bob = talk
    disguised = a_file("harbour.png", b"This is no picture.")
    attaches(alice, disguised, a_file("notes.txt"))
    expect(problems(alice)).to_have_text([f"harbour.png: {REFUSAL}", f"notes.txt: {REFUSAL}"])
    expect(cards(alice)).to_have_count(0)
    # The server refuses it too, even if the page did not.
    alice.page.evaluate("delete document.getElementById('attach').dataset.only")
    attaches(alice, disguised)
    alice.composer.press("Control+Enter")
    expect(alice.pane.locator(".outbox .message")).to_contain_text(REFUSAL)
    alice.says("never mind")
    bob.hears("never mind")
    expect(bob.pane.locator(".message")).to_have_count(1)


@no_files
def test_a_site_without_files_does_not_mention_them(talk):
    alice, bob = talk
    bob.says("look at this")
    alice.hears("look at this")
    expect(button(alice)).to_have_count(0)
    expect(alice.page.locator("input[type=file], [id^=file], [class*=attach]")).to_have_count(0)
    shown = alice.page.locator("body").evaluate("body => body.outerHTML")
    assert "file" not in shown.lower().replace("profile", "")
    sources = alice.page.evaluate("performance.getEntriesByType('resource').map(({name}) => name)")
    assert [source for source in sources if "/files/" in source or "attach" in source] == []


@no_files
def test_a_site_without_files_ignores_pasted_and_dropped_ones(talk):
    alice, _ = talk
    hands(alice.composer, [a_file("image.png")], "paste")
    assert alice.pane.evaluate(IS_PREVENTED) == [False, False]
    expect(cards(alice)).to_have_count(0)
    assert alice.page.request.get(f"{alice.url}/files/").status == 404
