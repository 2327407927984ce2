"""What is looked for on any page: axe's findings in both schemes and at both sizes, what is too
wide or cut off, what a thumb would miss.
"""

from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page, ViewportSize, expect

SIZES: tuple[ViewportSize, ...] = ({"width": 1440, "height": 900}, {"width": 320, "height": 640})
TOUCHED = 44  # px, for what is touched
# Beside what axe does by itself (best practice included): targets of 24 px (WCAG 2.2).
RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# What can differ in the other scheme.
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
SCHEMES: dict[Literal["light", "dark"], dict] = {"light": RULES, "dark": COLOURS}

# Words are on the page and not all of them can be seen, or something reaches out of the window. An
# ellipsis says so.
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

# A target is hit in its middle and around it, half as far as it is to be wide. A link among words
# is as high as they.
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

# What people write there runs as its own letters do, whichever way the page runs.
UNDIRECTED = """() => [...document.querySelectorAll(
  'textarea, input:not([type]), input:is([type="text"], [type="search"], [type="email"])'
)].filter(({ dir }) => dir !== 'auto').map((field) => field.outerHTML)"""


def is_accessible(page: Page) -> None:
    """Nothing is found in either colour scheme at either size, with nothing in motion, and nothing
    is too wide there; there is one heading of rank one, and every field has a direction of its own.
    The page stays as it is, and is shown as large as before.
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
    """Nobody has to scroll sideways, and no words are cut off."""
    widths = page.locator("html").evaluate("html => [html.scrollWidth, html.clientWidth]")
    assert widths[0] == widths[1], f"{page.url} is wider than its window: {widths}"
    cut = page.evaluate(CUT)
    assert cut == [], f"{page.url}, {page.viewport_size}: {cut}"


def is_hit(page: Page) -> None:
    """A thumb hits everything that can be touched, in a context that has one."""
    missed = page.evaluate(MISSED, TOUCHED)
    assert missed == [], f"{page.url}: {missed}"
