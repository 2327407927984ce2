"""Render each template once with a marker for every value; from then on, only put the escaped
values into the result.

Django's engine spends most of the time of a message on loading, including and branching, and there
are few variants. `values` are the strings that change. `shape` is everything that the template
tests: one result is kept for each shape.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import SafeString

MARKER = (
    "83079119{:03}83079119"  # digits, because some values stand in a URL that takes nothing else
)
MARKERS = re.compile(r"83079119(\d{3})83079119")
LINE_BREAK = re.compile(r"\s*\n\s*(>?)")

# HTML with a place between every two parts, the name of the value for each place, and all names.
Rendered = tuple[list[str], list[str], set[str]]


def draw(
    template: str, values: Mapping[str, str], language: str = "", **shape: object
) -> SafeString:
    """Return the template with these values, in this language. Without one it asks for the active
    one, which takes as long as filling in the values.
    """
    return _fill(
        _rendered(template, language or translation.get_language(), tuple(values), **shape), values
    )


def draw_each(template: str, rows: Sequence[Mapping[str, str]], **shape: object) -> SafeString:
    """Return the template once for each of these rows, which all have the same names."""
    if not rows:
        return SafeString()
    rendered = _rendered(template, translation.get_language(), tuple(rows[0]), **shape)
    return joined(_fill(rendered, row) for row in rows)


def on_one_line(html: str) -> str:
    """Return HTML with one space for each line break and its indent, none before `>` and none
    around it. The layout of our templates need not go over the wire.
    """
    return LINE_BREAK.sub(lambda found: found[1] or " ", html.strip())


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


@lru_cache(0 if settings.DEBUG else 2_000)  # a shape may have a number in it
def _rendered(template: str, language: str, names: tuple[str, ...], **shape: object) -> Rendered:
    """Without a cache in DEBUG, so that a changed template is seen at once."""
    markers = {name: MARKER.format(place) for place, name in enumerate(names)}
    with translation.override(language):
        parts = MARKERS.split(on_one_line(get_template(template).render({**shape, **markers})))
    named = [names[int(place)] for place in parts[1::2]]
    return parts, named, set(named)
