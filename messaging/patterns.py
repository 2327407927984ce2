"""Templates that come to the same each time but for the words in them: rendered once, and after that only filled in."""

import re
from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.template.loader import get_template
from django.utils.html import conditional_escape

MARK = re.compile(r"mark(\w+?)mark")


class Pattern:
    """What a template draws, with places for the values that do not decide its shape.

    Loading, including and deciding is most of what a message costs, and a conversation has few kinds of messages. The
    template stays the only one who knows what a thing looks like. `places` are the names of the values that change;
    `shape` is everything that the template asks about.
    """

    def __init__(self, template: str, places: frozenset[str], shape: dict[str, object]) -> None:
        marks = {name: f"mark{name}mark" for name in places}
        drawn = get_template(template).render({**shape, **marks})
        self.parts = MARK.split(drawn)  # text, name, text, name, ... text

    def fill(self, values: Mapping[str, str]) -> str:
        """Every value is escaped, unless it says itself that it is HTML."""
        parts = self.parts.copy()
        for place in range(1, len(parts), 2):
            parts[place] = conditional_escape(values[parts[place]])
        return "".join(parts)


@cache
def _kept(template: str, places: frozenset[str], shape: tuple[tuple[str, object], ...]) -> Pattern:
    return Pattern(template, places, dict(shape))


def draw(template: str, values: Mapping[str, str], **shape: object) -> str:
    """The template with these values; one pattern is kept for each shape, of which there must be few."""
    # With DEBUG on, a template that was changed is seen at once.
    make = _kept.__wrapped__ if settings.DEBUG else _kept
    return make(template, frozenset(values), tuple(shape.items())).fill(values)
