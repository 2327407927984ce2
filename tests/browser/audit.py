"""Audit a page with axe in both colour schemes and sizes, and find elements that are too wide,
clipped, or too small for touch.
"""

from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page, ViewportSize, expect

SIZES: tuple[ViewportSize, ...] = ({"width": 1440, "height": 900}, {"width": 320, "height": 640})
TOUCHED = 44  # px, for touch targets
# In addition to axe's defaults, which include best practices: targets of 24 px (WCAG 2.2).
RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# Rules whose results depend on the colour scheme.
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
SCHEMES: dict[Literal["light", "dark"], dict] = {"light": RULES, "dark": COLOURS}

# Find clipped text and elements that overflow the window. Text with an ellipsis is allowed.
CUT = """() => [...document.querySelectorAll('body *')].filter((element) => {
  if (!element.checkVisibility({ visibilityProperty: true })) return
  if (element.closest('.visually-hidden, .skip-link')) return
  if (![...element.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim())) return
  const { overflowX, textOverflow, color } = getComputedStyle(element)
  const { left, right } = element.getBoundingClientRect()
  const isShort = textOverflow === 'ellipsis' || /, 0\\)$/.test(color)
  if (right - left < 2) return // said to those who listen alone
  const isClipped = !isShort && overflowX !== 'visible' && overflowX !== 'auto'
  return left < -1 || right > innerWidth + 1 || (isClipped &&
    element.scrollWidth > element.clientWidth + 1)
}).map(({ localName, className, textContent }) =>
  `${localName}.${className}: ${textContent.trim().slice(0, 40)}`)"""

# Test the centre of a target and points at half the required size around it. A link in a sentence
# is as high as its line.
MISSED = """(least) => [
  ...document.querySelectorAll('a[href], button, select, textarea, input')
].filter((control) => {
  if (!control.checkVisibility({ visibilityProperty: true })) return
  if (control.closest('.skip-link')) return
  for (let part = control; part; part = part.parentElement) {
    if (getComputedStyle(part).clipPath !== 'none') return
  }
  const cover = document.querySelector(':popover-open, dialog[open]')
  if (cover && !cover.contains(control)) return
  const around = [...control.parentElement.childNodes].filter(
    (node) => node !== control && node.textContent.trim()
  )
  if (control.matches('a') && around.some(({ nodeType }) => nodeType === 3)) return
  control.scrollIntoView({ block: 'center', behavior: 'instant' })
  const { left, top, width, height } = control.getClientRects()[0]
  const reach = least / 2 - 1
  return [[0, 0], [-reach, 0], [reach, 0], [0, -reach], [0, reach]].some(([x, y]) => {
    const hit = document.elementFromPoint(left + width / 2 + x, top + height / 2 + y)
    return !hit || !(control.contains(hit) || control.labels?.[0]?.contains(hit))
  })
}).map((control) =>
  `${control.outerHTML.slice(0, 120)}: ${JSON.stringify(control.getBoundingClientRect())}`)"""

# Typed text has its own direction, independent of the page's.
UNDIRECTED = """() => [...document.querySelectorAll(
  'textarea, input:not([type]), input:is([type="text"], [type="search"], [type="email"])'
)].filter(({ dir }) => dir !== 'auto').map((field) => field.outerHTML)"""


def is_accessible(page: Page) -> None:
    """Check that axe finds nothing in either colour scheme at either size, without animations, that
    nothing is too wide, that there is one h1, and that every field has its own direction. Restore
    the size of the window.
    """
    before = page.viewport_size
    for size in SIZES:
        page.set_viewport_size(size)
        for scheme, rules in SCHEMES.items():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            report = AxeResults(_findings(page, rules))
            assert report.response["violations"] == [], (
                f"{page.url}, {scheme}, {size}: {report.generate_report()}"
            )
        fits(page)
    if before:
        page.set_viewport_size(before)
    assert page.evaluate(UNDIRECTED) == [], page.url
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("main")).to_have_count(1)


def _findings(page: Page, rules: dict) -> dict:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate("rules => axe.run(rules)", rules)


def fits(page: Page) -> None:
    """Check that the page doesn't scroll sideways and no text is clipped."""
    widths = page.locator("html").evaluate("html => [html.scrollWidth, html.clientWidth]")
    assert widths[0] == widths[1], f"{page.url} is wider than its window: {widths}"
    cut = page.evaluate(CUT)
    assert cut == [], f"{page.url}, {page.viewport_size}: {cut}"


def is_hit(page: Page) -> None:
    """Check the size of all touch targets if the browser emulates touch."""
    missed = page.evaluate(MISSED, TOUCHED)
    assert missed == [], f"{page.url}: {missed}"
