"""Render each template once with a marker for every value, then insert escaped values.

Otherwise Django's template engine would take most of the time that a message costs, although there
are few variants. `values` are the strings that change, and `shape` holds what the template tests.
One result is cached for each shape.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import SafeString

MARKER = "83079119{:03}83079119"  # digits, because some URLs accept nothing else
MARKERS = re.compile(r"83079119(\d{3})83079119")
LINE_BREAK = re.compile(r"\s*\n\s*(>?)")
BLOCK = r"</?(?:div|li|ol|p|ul)\b"
BESIDE_BLOCK = re.compile(rf"({BLOCK}[^<>]*>)\s*\n\s*|\s*\n\s*(?={BLOCK})")

# The parts of the HTML, the name of the value between each two parts, and all names.
Rendered = tuple[list[str], list[str], set[str]]


def draw(
    template: str, values: Mapping[str, str], language: str = "", **shape: object
) -> SafeString:
    """Render a template in this language. Finding the active one (the default) doubles the time."""
    return _fill(
        _rendered(template, language or translation.get_language(), tuple(values), **shape), values
    )


def draw_each(template: str, rows: Sequence[Mapping[str, str]], **shape: object) -> SafeString:
    """Render a template for each of these rows. All rows have the same names."""
    if not rows:
        return SafeString()
    rendered = _rendered(template, translation.get_language(), tuple(rows[0]), **shape)
    return joined(_fill(rendered, row) for row in rows)


def on_one_line(html: str) -> str:
    """Collapse the layout of a template, which browsers do not need. A line break and its
    indentation become a space. They are removed before `>`, next to block tags and at both ends,
    where they have no effect.
    """
    beside = BESIDE_BLOCK.sub(lambda found: found[1] or "", html.strip())
    return LINE_BREAK.sub(lambda found: found[1] or " ", beside)


def joined(drawings: Iterable[SafeString]) -> SafeString:
    return SafeString("".join(drawings))


def _fill(rendered: Rendered, values: Mapping[str, str]) -> SafeString:
    parts, names, distinct_names = rendered
    escaped = {
        name: value if isinstance(value := values[name], SafeString) else escape(value)
        for name in distinct_names
    }
    filled = parts.copy()
    filled[1::2] = [escaped[name] for name in names]
    return SafeString("".join(filled))


@lru_cache(0 if settings.DEBUG else 2_000)  # limited, because a shape may contain a number
def _rendered(template: str, language: str, names: tuple[str, ...], **shape: object) -> Rendered:
    """Return the cached rendering. With DEBUG, cache nothing, so that changes show at once."""
    markers = {name: MARKER.format(place) for place, name in enumerate(names)}
    with translation.override(language):
        parts = MARKERS.split(on_one_line(get_template(template).render({**shape, **markers})))
    named = [names[int(place)] for place in parts[1::2]]
    return parts, named, set(named)
