"""Pages in print, and with forced colours."""

import pytest
from playwright.sync_api import expect

LOOK = """(place, part) => {
  const { borderTopColor, backgroundColor, backgroundImage } = getComputedStyle(place, part)
  return [borderTopColor, backgroundColor, backgroundImage]
}"""


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.matrix)])
def test_states_are_distinguishable_in_forced_colours(alice, bob, somebody, scheme):
    absent = somebody("absent", signed_up=False).registers()
    alice.comes_again().chooses(bob)
    alice.page.emulate_media(forced_colors="active", color_scheme=scheme)
    here, away = (alice.entry(person).locator(".presence") for person in (bob, absent))
    assert here.evaluate(LOOK, "::before") != away.evaluate(LOOK, "::before")
    shown, other = alice.conversation(bob), alice.entry(absent)
    outline = "link => getComputedStyle(link).outlineStyle"
    assert [link.evaluate(outline) for link in (shown, other)] == ["solid", "none"]
    alice.page.locator(".me__name").click()
    switch = alice.page.get_by_role("switch", name="Appear offline")
    off = switch.evaluate(LOOK, "::after")
    assert "gradient" in off[2]
    switch.click()
    expect(switch).to_be_checked()
    assert switch.evaluate(LOOK, "::after") != off
    alice.page.goto(f"{alice.url}/accounts/delete/")
    button = alice.page.get_by_role("button", name="Delete my account")
    edge, paper, _ = button.evaluate(LOOK, None)
    assert edge != paper


def test_a_print_has_the_conversation_without_controls(alice, bob):
    bob.chooses(alice)
    alice.chooses(bob)
    for number in range(30):
        alice.says(f"line {number}")
    expect(alice.heard("line 29")).to_contain_text("delivered")
    page = alice.page
    page.emulate_media(media="print", color_scheme="dark")
    for number in (0, 29):
        expect(alice.heard(f"line {number}").last).to_be_visible()
    for role in ("button", "textbox", "searchbox", "complementary"):
        expect(page.get_by_role(role)).to_have_count(0)
    # No scrollable box may hide anything on paper.
    assert page.locator("html").evaluate("html => html.scrollHeight > innerHeight")
    is_whole = "box => box.scrollHeight <= box.clientHeight"
    assert page.locator(".pane:target .pane__scroller").evaluate(is_whole)
    assert page.locator("body").evaluate("body => getComputedStyle(body).colorScheme") == "light"


def test_a_print_has_all_recovery_codes(alice):
    page = alice.page
    page.goto(f"{alice.url}/accounts/codes/")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
