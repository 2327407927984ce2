"""Tab follows the reading order, shows a focus ring and leaves the page again."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.support.servers import Server

SIZES = [{}, pytest.param(PHONE, marks=pytest.mark.matrix)]
ORDER = """() => {
  const all = 'a[href], button:enabled, input:enabled:not([type=hidden]), select, ' +
    'textarea:enabled, [tabindex="0"]'
  const isSeen = (place) => place.checkVisibility({ visibilityProperty: true })
  const isStop = (place) => place.tabIndex !== -1 && isSeen(place)
  window.order = [...document.querySelectorAll(all)].filter(isStop)
  return order.map((place) => place.outerHTML.slice(0, 100))
}"""
PLACE = """() => {
  const { activeElement: focused } = document
  const { outlineStyle, outlineWidth } = getComputedStyle(focused)
  const { left, top, width, height } = focused.getClientRects()[0] ?? new DOMRect()
  const hit = document.elementFromPoint(left + width / 2, top + height / 2)
  const isOutlined = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2
  const stop = focused.closest('.pane__scroller') ?? focused // a message, for all of them
  return [order.indexOf(stop), isOutlined, focused.contains(hit)]
}"""
IN_MESSAGE = "document.activeElement.matches('.message *')"
# A field with `autofocus` gets the focus when the page is painted, which may be after the load
# event.
BEGIN = """async (body) => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
  body.tabIndex = -1
  body.focus()
  body.removeAttribute('tabindex')
}"""
# No element may be entirely above its predecessor.
IS_DOWNWARDS = """() => order.filter((place) => !place.matches('.skip-link')).every(
  (place, at, all) => !at ||
  place.getBoundingClientRect().bottom > all[at - 1].getBoundingClientRect().top)"""


def goes_through(page) -> None:
    """Tab from the start of the page to its end, one step back, and out of it."""
    page.locator("body").evaluate(BEGIN)
    # The roster is sorted as soon as the user does something elsewhere.
    page.keyboard.press("Shift")
    order = page.evaluate(ORDER)
    assert len(order) > 2, order
    for number, place in enumerate(order):
        page.keyboard.press("Tab")
        while page.evaluate(IN_MESSAGE):
            page.keyboard.press("Tab")
        assert page.evaluate(PLACE) == [number, True, True], place
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(PLACE) == [len(order) - 2, True, True]
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate(PLACE)[0] != len(order) - 1, "the last place does not let go"


@pytest.mark.parametrize("size", SIZES, ids=["desktop", "phone"])
def test_tab_order_and_focus_ring_on_every_page(somebody, size):
    alice = somebody("alice", signed_up=False, **size)
    for path in ("/accounts/login/", "/accounts/signup/", "/accounts/recover/"):
        alice.page.goto(f"{alice.url}{path}")
        goes_through(alice.page)
        assert alice.page.evaluate(IS_DOWNWARDS), path
    alice.signs_up()
    for path in ("/accounts/", "/accounts/devices/", "/accounts/delete/"):
        alice.page.goto(f"{alice.url}{path}")
        goes_through(alice.page)
        assert alice.page.evaluate(IS_DOWNWARDS), path


@pytest.fixture
def new_server(tmp_path):
    """A new server, because leaving people of an earlier test would move rows."""
    running = Server(tmp_path).start()
    yield running
    running.stop()


@pytest.mark.parametrize("size", SIZES, ids=["desktop", "phone"])
def test_tab_order_and_focus_ring_in_a_conversation(somebody, new_server, size):
    alice, bob = somebody("alice", url=new_server.url, **size), somebody("bob", url=new_server.url)
    expect(alice.page.locator("#people .presence--online")).to_have_count(1)
    goes_through(alice.page)
    alice.chooses(bob).says("hello")
    bob.chooses(alice).says("hello to you")
    alice.hears("hello to you")
    goes_through(alice.page)


def test_a_menu_is_used_and_closed_by_keyboard(alice, bob):
    page = alice.chooses(bob).page
    button = alice.pane.get_by_role("button", name="More actions for")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[popover]').matches(':popover-open')")
    page.keyboard.press("Escape")
    assert page.evaluate("document.querySelector(':popover-open')") is None
    assert button.evaluate("button => button === document.activeElement")
