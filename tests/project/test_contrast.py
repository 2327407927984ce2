"""Contrast of adjacent colours from the tokens (WCAG 2.2: 4.5 for text, otherwise 3)."""

import re
from math import cos, radians, sin

import pytest

from tests.support.fresh_copy import ROOT

CSS = ROOT / "static" / "css"
TOKENS, AVATAR = (CSS.joinpath(name).read_text() for name in ("tokens.css", "chat.css"))
SCHEMES = ("light", "dark")
TEXT, SIGN = 4.5, 3.0

PAPERS = ("canvas", "raised", "sunken")
# Text, and its backgrounds.
WRITTEN = {
    "ink": (*PAPERS, "mine", "wrong-paper"),
    "ink-soft": (*PAPERS, "mine"),
    "accent": (*PAPERS, "mine", "wrong-paper"),
    "accent-ink": ("accent",),
    "wrong": (*PAPERS, "mine", "wrong-paper"),
    "raised": ("wrong",),
}
# Other parts that must be visible: borders of controls, marks of state, the focus ring.
SEEN = {
    **dict.fromkeys(("line-strong", "online", "wrong"), PAPERS),
    "accent": (*PAPERS, "mine", "wrong-paper"),
}
# Decorative lines.
DECORATION = {"line"}
PAIRS = [(one, two, TEXT) for one, papers in WRITTEN.items() for two in papers]
PAIRS += [(one, two, SIGN) for one, papers in SEEN.items() for two in papers]

Colour = tuple[float, float, float]


def declared() -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", TOKENS))


def role(name: str, scheme: str) -> Colour:
    """Return `--color-<name>` in a colour scheme: lightness, chroma, and hue in degrees."""
    values = declared()
    colour = chosen(values[f"color-{name}"], scheme)
    if named := re.fullmatch(r"var\(--([\w-]+)\)", colour):
        colour = values[named[1]]
    return plain(colour)


def chosen(value: str, scheme: str) -> str:
    both = re.fullmatch(r"light-dark\((\w+\(.+?\)), (\w+\(.+?\))\)", value)
    assert both, f"it is not said what this is in either scheme: {value}"
    return both[SCHEMES.index(scheme) + 1]


def plain(colour: str) -> Colour:
    parts = re.fullmatch(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)", colour)
    assert parts, f"this is not a plain OKLCH colour: {colour}"
    return float(parts[1]) / 100, float(parts[2]), float(parts[3])


def linear_srgb(colour: Colour) -> Colour:
    """Convert OKLCH to linear RGB (https://www.w3.org/TR/css-color-4/#color-conversion-code)."""
    lightness, chroma, hue = colour
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3  # noqa: E741 - as the definition names them
    m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s
    green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s
    blue = -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s
    return min(max(red, 0), 1), min(max(green, 0), 1), min(max(blue, 0), 1)


def luminance(colour: Colour) -> float:
    red, green, blue = linear_srgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, two: Colour) -> float:
    """Return the ratio of https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    darker, lighter = sorted(map(luminance, (one, two)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("one", "two", "least"), PAIRS)
def test_adjacent_colours_have_enough_contrast(one, two, least, scheme):
    assert contrast(role(one, scheme), role(two, scheme)) >= least


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("hue", sorted(set(re.findall(r"--hue: (\d+)", AVATAR))))
def test_the_letter_of_an_avatar_has_enough_contrast(hue, scheme):
    pair = re.findall(r"(?:background|color): (light-dark\(.+\));", AVATAR)
    assert len(pair) == 2
    paper, letter = (chosen(value.replace("var(--hue)", hue), scheme) for value in pair)
    assert contrast(plain(letter), plain(paper)) >= TEXT


def test_every_colour_has_a_pair():
    named = {name.removeprefix("color-") for name in declared() if name.startswith("color-")}
    assert named == {*WRITTEN, *SEEN, *DECORATION, *(paper for _, paper, _ in PAIRS)}


@pytest.mark.parametrize(
    ("one", "two", "known"),
    [
        ((1, 0, 0), (0, 0, 0), 21),
        ((0.62796, 0.25768, 29.234), (1, 0, 0), 3.998),  # pure red on white
        ((0.45201, 0.31321, 264.052), (1, 0, 0), 8.592),  # pure blue on white
        ((0.59987, 0, 0), (1, 0, 0), 3.949),  # #808080 upon white
    ],
)
def test_the_computation_agrees_with_known_values(one, two, known):
    assert contrast(one, two) == pytest.approx(known, rel=1e-3)
