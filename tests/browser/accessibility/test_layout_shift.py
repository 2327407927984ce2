"""Nothing on the page moves by itself: browsers measure no layout shift."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.hearing import Reader

WATCH = """() => {
  window.shifts = []
  const name = ({ node }) => node?.outerHTML?.slice(0, 60)
  const note = ({ value, sources }) => shifts.push(`${value}: ${sources.map(name)}`)
  window.watch = new PerformanceObserver((list) => list.getEntries().forEach(note))
  watch.observe({ type: 'layout-shift' })
}"""
SHIFTS = """async () => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
  await new Promise((told) => setTimeout(told))
  return shifts
}"""


def watches(person) -> None:
    person.page.evaluate(WATCH)


def is_still(person) -> None:
    assert person.page.evaluate(SHIFTS) == []


@pytest.mark.parametrize(
    "size",
    [DESKTOP, pytest.param(PHONE["viewport"], marks=pytest.mark.matrix)],
    ids=["desktop", "phone"],
)
def test_incoming_messages_shift_nothing_else(somebody, bob, size):
    alice = somebody("alice", viewport=size)
    alice.chooses(bob)
    bob.chooses(alice).says("to begin with")
    alice.hears("to begin with")
    # Shifts within half a second of user input are not counted.
    alice.page.wait_for_timeout(600)
    watches(alice)
    bob.is_typing_to(alice)
    for number in range(25):
        bob.says(f"line {number}")
    bob.says("two\nlines")
    alice.hears("two")
    expect(alice.heard("two")).to_be_in_viewport(ratio=1)
    is_still(alice)


@pytest.mark.matrix
def test_presence_changes_shift_nothing_and_are_not_announced(alice, bob, somebody):
    alice.chooses(bob)
    alice.page.wait_for_timeout(600)
    watches(alice)
    reader = Reader(alice.page)
    carol = somebody("carol")
    expect(alice.entry(carol).locator(".presence--online")).to_be_visible()
    carol.page.goto("about:blank")
    expect(alice.entry(carol).locator(".presence--online")).to_have_count(0, timeout=15_000)
    carol.page.goto(f"{carol.url}/")
    expect(alice.entry(carol).locator(".presence--online")).to_be_visible()
    is_still(alice)
    assert reader.hears() == []


def test_a_layout_shift_would_be_measured(alice):
    alice.page.wait_for_timeout(600)
    watches(alice)
    alice.page.locator(".roster").evaluate("""roster => {
        const bar = document.createElement('p')
        bar.textContent = 'something above'
        roster.prepend(bar)
    }""")
    assert alice.page.evaluate(SHIFTS) != []
