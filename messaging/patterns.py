"""Templates that come to the same each time but for the words in them: rendered once, and after that only filled in.

Loading, including and deciding is most of what a message or a row of the roster costs, and there are few kinds of them.
The template stays the only one who knows what a thing looks like. The values are the words that change; the shape is
everything that the template asks about.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

# A place is held by a number, since some stand in an address that takes nothing else.
MARK = re.compile(r"83079119(\d{3})83079119")
MARKED = "83079119{:03}83079119"


SPECIAL = re.compile("[&<>\"']")


def _escaped(word: str) -> str:
    """As Django's own `escape`, which asks about lazy words first and looks for all five: five times as long."""
    return escape(word) if SPECIAL.search(word) else word


class Drawn(str):
    """HTML, since every word in it was escaped: other drawings and Django's own templates take it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


class Pattern:
    """What a template draws in one shape, with places for the values."""

    def __init__(self, template: str, values: Mapping[str, str], shape: dict[str, object]) -> None:
        names = list(values)
        marks = {name: MARKED.format(place) for place, name in enumerate(names)}
        self.parts = MARK.split(get_template(template).render({**shape, **marks}))  # text, place, text, ... text
        self.places = [names[int(place)] for place in self.parts[1::2]]

    def fill(self, values: Mapping[str, str]) -> Drawn:
        """Every value is escaped, unless it says itself that it is HTML."""
        safe = {name: word if hasattr(word, "__html__") else _escaped(word) for name, word in values.items()}
        parts = self.parts.copy()
        parts[1::2] = [safe[name] for name in self.places]
        return Drawn("".join(parts))


_kept: dict[tuple, Pattern] = {}
MOST = 2_000  # patterns: a shape may have a number in it


def draw(template: str, values: Mapping[str, str], language: str = "", **shape: object) -> Drawn:
    """The template with these values, in the language that is active; who draws often knows it, and says so: to ask
    takes as long as to fill. One pattern is kept for each shape."""
    return _pattern(template, values, shape, language).fill(values)


def draw_each(template: str, rows: Sequence[Mapping[str, str]], **shape: object) -> Drawn:
    """The template once for each of these, which have the same names."""
    return joined(map(_pattern(template, rows[0], shape).fill, rows)) if rows else Drawn()


def joined(drawings: Iterable[Drawn]) -> Drawn:
    return Drawn("".join(drawings))


def _pattern(template: str, values: Mapping[str, str], shape: dict[str, object], language: str = "") -> Pattern:
    key = (template, language or translation.get_language(), *shape.items())
    return _kept.get(key) or _made(key, values, shape)


def _made(key: tuple, values: Mapping[str, str], shape: dict[str, object]) -> Pattern:
    template, language, *_ = key
    with translation.override(language):
        pattern = Pattern(template, values, shape)
    if len(_kept) >= MOST:
        _kept.clear()
    if not settings.DEBUG:  # a template that was changed is to be seen at once
        _kept[key] = pattern
    return pattern
