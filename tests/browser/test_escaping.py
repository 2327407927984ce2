"""User input is only text. It runs no script, fetches nothing and stays in its message."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.hostile import VECTORS

WATCH = """
  window.harm = []
  window.boom = () => window.harm.push('a script has run')
  const note = ({ violatedDirective, blockedURI }) =>
    window.harm.push(`${violatedDirective}: ${blockedURI}`)
  addEventListener('securitypolicyviolation', note, true)
"""
# Returns the structure of a page without the transcript and its state, which a message must not
# change.
SKELETON = """() => [...document.querySelectorAll('body, body *')]
  .filter(element => !element.closest('.transcript, output, #confirmation'))
  .map(element => `${element.localName}#${element.id}`)"""
INSIDE = """() => [...new Set([...document.querySelectorAll('.message__text *')].map(
  element => [element.localName, ...element.getAttributeNames()].join(' ')))]"""
FORMATTING = ["em", "strong", "code", "span class"]
LINKS = "() => [...document.querySelectorAll('.message__text a')].map(link => link.protocol)"
IDS = """() => [...document.querySelectorAll('[id]')].map(({ id }) => id)
  .filter((id, place, all) => all.indexOf(id) !== place)"""
RTL, ISOLATE = "\u202e", "\u2067"
BIDI = [f"{RTL}reversed", f"{ISOLATE}isolated {RTL}twice", "\u202d\u202b\u2066open ends"]
BIDI += ["שלום (abc) 123"]
PILE = "Z" + "\u0300\u0322\u0489\u20dd" * 60 + "algo"
TEXTS = {
    "bidi": BIDI,
    "one long word": ["w" * 4000, "﷽" * 60],
    "stacked marks": [PILE] * 3,
    "tabs": ["\t" * 99 + "x"],
}
LEFT_TO_RIGHT = """({ firstChild: text }) => {
  const place = new Range()
  const [first, last] = [0, text.length - 1].map(at => {
    place.setStart(text, at); place.setEnd(text, at + 1)
    return place.getBoundingClientRect().left
  })
  return first < last
}"""
ON_TOP = """element => {
  const { left, top, width, height } = element.getBoundingClientRect()
  return element.contains(document.elementFromPoint(left + width / 2, top + height / 2))
}"""


@pytest.fixture
def strangers(somebody):
    """Return two unregistered users whose pages record each script that runs, each violation of the
    policy and each request.
    """
    people = [somebody("alice", signed_up=False), somebody("bob", signed_up=False)]
    for person in people:
        person.requests = []
        person.page.add_init_script(WATCH)
        person.page.on("request", lambda request, heard=person.requests: heard.append(request.url))
    return people


@pytest.fixture
def watched(strangers):
    return [person.signs_up() for person in strangers]


def is_unharmed(person) -> None:
    assert person.page.evaluate("harm") == []
    assert {urlsplit(url).netloc for url in person.requests} <= {urlsplit(person.url).netloc}
    assert person.page.evaluate(IDS) == []
    assert person.errors == []


def test_hostile_text_is_shown_as_text(watched):
    alice, bob = watched
    alice.chooses(bob).says("first")
    bob.chooses(alice).hears("first")
    expect(alice.heard("first")).to_contain_text("delivered")
    for person in watched:
        person.skeleton, person.place = person.page.evaluate(SKELETON), person.page.url
        person.requests.clear()
    for vector in VECTORS:
        alice.says(vector)
    for person in watched:
        texts = person.pane.locator(".transcript .message__text")
        expect(texts).to_have_text(["first", *VECTORS])
        assert [text.strip() for text in texts.all_text_contents()] == ["first", *VECTORS]
    expect(alice.pane.locator(".message__state").last).to_have_text("delivered")
    for person in watched:
        assert set(person.page.evaluate(INSIDE)) == {"a href target rel tabindex", *FORMATTING}
        assert set(person.page.evaluate(LINKS)) <= {"http:", "https:", "mailto:"}
        assert person.page.evaluate(SKELETON) == person.skeleton
        assert person.page.url == person.place
        assert person.requests == []
        person.page.locator(".message__text a").last.hover()
        is_unharmed(person)


@pytest.mark.matrix
def test_waiting_hostile_text_is_shown_as_text(watched, somebody):
    alice, _ = watched
    absent = somebody("absent", signed_up=False).registers()
    alice.comes_again().chooses(absent)
    for vector in VECTORS[::6]:
        alice.says(vector)
    waiting = alice.pane.locator(".outbox .message")
    expect(waiting.locator(".state--waiting")).to_have_count(len(VECTORS[::6]))
    assert waiting.locator(".message__text").all_text_contents() == VECTORS[::6]
    waiting.first.get_by_role("button", name="Edit").click()
    expect(alice.composer).to_have_value(VECTORS[0])
    alice.page.get_by_role("searchbox").fill("<img src=x onerror=boom()>")
    expect(alice.page.get_by_text("No results for “<img src=x onerror=boom()>”.")).to_be_visible()
    is_unharmed(alice)


def test_a_name_with_markup_is_shown_as_text(strangers, server):
    alice, bob = strangers
    alice.signs_up()
    name = "</bdi><img src=x onerror=boom()>'\""
    statement = "UPDATE accounts_user SET username = ?, username_key = ? WHERE username = ?"
    server.changes(statement, name, name, bob.registers().name)
    bob.page.goto(f"{bob.url}/")
    bob.is_connected()
    alice.page.locator(".roster .person__link", has_text=name).click()
    expect(alice.pane.get_by_role("heading")).to_have_text(name)
    bob.chooses(alice).is_typing_to(alice)
    expect(alice.pane.locator(".typing")).to_have_text(f"{name} is typing…")
    bob.says("hello")
    expect(alice.heard("hello").locator(".visually-hidden").first).to_have_text(f"{name}:")
    expect(alice.composer).to_have_accessible_name(f"Message to {name}")
    expect(bob.page.locator(".me__name bdi")).to_have_text(name)
    for person in strangers:
        is_unharmed(person)


@pytest.mark.matrix
@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_unusual_characters_stay_in_their_bubble_on_a_small_screen(somebody, alice, texts):
    phone = somebody("phoebe", **PHONE)
    phone.chooses(alice)
    alice.chooses(phone).says("before")
    for text in texts:
        alice.says(text)
    alice.says("after")
    phone.hears("after")
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 320
    fits = "box => box.scrollWidth <= box.clientWidth"
    assert phone.pane.locator(".pane__scroller").evaluate(fits)
    # Of the messages within a minute, only the last one has the time.
    for words in ("after", "before"):
        for part in phone.heard(words).locator("p, time").filter(visible=True).all():
            part.scroll_into_view_if_needed()
            assert part.evaluate(ON_TOP)
    times = phone.pane.locator("time").filter(visible=True)
    assert times.count() > 0
    for time in times.all():
        assert time.evaluate(LEFT_TO_RIGHT)
