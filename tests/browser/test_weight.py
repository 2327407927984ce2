"""The size and origin of what the chat page loads, and what the browser stores of it."""

import gzip
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.kept import OFFLINE, READY, in_caches, workers
from tests.support.servers import Server

LIGHT = 40_000  # bytes, compressed
CONVERSATION = 24_900  # and what a first conversation may add
INLINE = """html => [
  ...(html ? new DOMParser().parseFromString(html, 'text/html') : document).querySelectorAll('*'),
].flatMap(element => [
  ...(element.matches('style, script:not([src])') ? [element.localName] : []),
  ...element.getAttributeNames().filter(name => /^(style$|on|hx-on)/.test(name)),
])"""
KEPT = """async () => ({
  storage: [...Object.keys(localStorage), ...Object.keys(sessionStorage)],
  databases: (await indexedDB.databases()).map(({ name }) => name),
})"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Start a separate server, because people who have just left a shared one would still be in the
    roster.
    """
    running = Server(tmp_path_factory.mktemp("server")).start()
    yield running
    running.stop()


@pytest.fixture
def responses(alice, bob):
    """Return all responses that a browser with an empty cache needs for a chat page with a full
    roster.
    """
    alice.page.context.new_cdp_session(alice.page).send("Network.clearBrowserCache")
    heard = []
    # Playwright sets an attribute on the callback, which a method of a list does not allow.
    alice.page.on("response", lambda response: heard.append(response))  # noqa: PLW0108
    alice.page.goto(f"{alice.url}/")
    alice.is_connected()
    return heard


def weigh(responses) -> dict[str, int]:
    return {response.url: len(gzip.compress(response.body(), 6)) for response in responses}


def test_the_chat_page_is_light(responses):
    weights = weigh(responses)
    assert all(response.status == 200 for response in responses), weights
    kinds = {response.request.resource_type for response in responses}
    assert {"document", "stylesheet", "script", "image"} <= kinds
    assert sum(weights.values()) <= LIGHT, weights


def test_a_first_conversation_adds_little(alice, bob, responses):
    first = len(responses)
    alice.chooses(bob).says("hello")
    expect(alice.heard("hello")).to_contain_text("delivered")
    bob.chooses(alice)
    weights = weigh(responses[first:])
    assert any(url.endswith("outbox.js") for url in weights)
    assert sum(weights.values()) <= CONVERSATION, weights
    scripts = [response.url for response in responses if response.request.resource_type == "script"]
    assert len(scripts) == len(set(scripts))


def test_everything_is_loaded_from_this_server_under_its_policy(alice, responses):
    assert {urlsplit(response.url).netloc for response in responses} == {urlsplit(alice.url).netloc}
    policy = responses[0].all_headers()["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy


def test_no_script_or_style_is_inline(alice, responses):
    assert alice.page.evaluate(INLINE, responses[0].text()) == []
    elsewhere = alice.page.context.new_page()
    sample = "<style></style><p onclick='' style='' hx-on:click=''></p><script>1</script>"
    found = elsewhere.evaluate(INLINE, sample)
    assert found == ["style", "onclick", "style", "hx-on:click", "script"]


def test_a_conversation_adds_no_inline_code_and_no_foreign_requests(alice, bob):
    hosts = set()
    alice.page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    alice.chooses(bob).says("hello")
    bob.chooses(alice).says("and hello to you")
    alice.hears("and hello to you")
    assert alice.page.evaluate(INLINE) == []
    assert hosts == {urlsplit(alice.url).netloc}


def test_the_browser_stores_nothing_of_a_conversation(alice, bob):
    alice.chooses(bob).says("hello")
    bob.chooses(alice).says("and hello to you")
    alice.hears("and hello to you")
    expect(alice.heard("hello").first).to_contain_text("delivered")
    for person in (alice, bob):
        person.page.evaluate(READY)
        assert person.page.evaluate(KEPT) == {"storage": [], "databases": []}
        # The only service worker caches files that are the same for all users.
        assert workers(person.page) == [["/", "/worker.js"]]
        [files] = in_caches(person.page).values()
        assert {path for path, _, _ in files} == OFFLINE
        words = f"(?i)hello|{alice.name}|{bob.name}|cookie|csrf"
        assert re.findall(words, str(files)) == []
