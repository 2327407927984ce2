"""Plot what the server held over time, in a small panel for each kind."""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

WIDTH, HEIGHT, LEFT, TOP, RIGHT = 360, 150, 60, 96, 24
COLUMN, ROW = LEFT + WIDTH + RIGHT, HEIGHT + 100
KINDS = ("first", "second", "third")
# Colours that hold 4.5:1 on white and on #111.
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1a1a1a }
  .title { font-weight: 600 } .quiet { fill: #595959 }
  .canvas { fill: #fff } .grid { stroke: #d5d5d5 } .silence { fill: #eee }
  polyline { fill: none; stroke-width: 2; stroke-linejoin: round }
  .first { stroke: #a3361c } .second { stroke: #1f5fa8; stroke-dasharray: 6 3 }
  .third { stroke: #2a6a35; stroke-dasharray: 2 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #eee } .quiet { fill: #b5b5b5 } .canvas { fill: #111 } .grid { stroke: #3c3c3c }
    .silence { fill: #262626 }
    .first { stroke: #ff9d82 } .second { stroke: #8fc1ff } .third { stroke: #8fd69b }
  }
"""


class Panel(NamedTuple):
    """Lines with one scale: their labels by their names in the samples."""

    title: str
    lines: dict[str, str]
    unit: int = 1
    is_from_zero: bool = True


PANELS = (
    Panel(
        "Memory, in MB",
        {"memory": "all (PSS)", "own": "its own"},
        unit=1_000_000,
        is_from_zero=False,
    ),
    Panel("Of the process", {"windows": "windows", "tasks": "tasks", "files": "files"}),
    Panel("Who is there", {"groups": "groups", "memberships": "members", "leases": "leases"}),
    Panel("In the mailbox", {"names": "names", "entries": "entries", "boxes": "boxes"}),
)


def draw(results: dict) -> str:
    width, height = 2 * COLUMN, TOP + 2 * ROW - 66
    summary = (
        f"{results['verdict']['windows']:,} windows in {results['seconds'] / 60:.0f} minutes; "
        "nobody is there where it "
        "is grey. In brackets: before, and at the end."
    )
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            'aria-labelledby="title">'
        ),
        '<title id="title">What the server held while people came and went, and afterwards</title>',
        f'<style>{STYLE}</style><rect class="canvas" width="{width}" height="{height}"/>',
        '<text class="title" x="16" y="24">What the server held</text>',
        f'<text class="quiet" x="16" y="44">{summary}</text>',
    ]
    for place, panel in enumerate(PANELS):
        left, top = LEFT + place % 2 * COLUMN, TOP + place // 2 * ROW
        parts += [f'<g transform="translate({left} {top})">', *_panel(panel, results), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel, results: dict) -> Iterator[str]:
    samples, last = results["samples"], results["seconds"]
    values = {name: [value / panel.unit for value in samples[name]] for name in panel.lines}
    marks = _marks(
        [value for line in values.values() for value in line], is_from_zero=panel.is_from_zero
    )
    across, up = _scale(0, last, 0, WIDTH), _scale(marks[0], marks[-1], HEIGHT, 0)
    yield from _silence(results["phases"], last, across)
    yield from _grid(marks, last, across, up)
    for kind, line in zip(KINDS, values.values(), strict=False):
        spots = zip(samples["second"], line, strict=True)
        yield (
            f'<polyline class="{kind}" '
            f'points="{" ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in spots)}"/>'
        )
    yield from _legend(panel, results)


def _legend(panel: Panel, results: dict) -> Iterator[str]:
    yield f'<text class="title" y="-30">{panel.title}</text>'
    place = 0
    for kind, (name, words) in zip(KINDS, panel.lines.items(), strict=False):
        before, after = (results[moment][name] / panel.unit for moment in ("before", "after"))
        text = f"{words} ({_number(before)}, {_number(after)})"
        yield f'<polyline class="{kind}" points="{place},-14 {place + 18},-14"/>'
        yield f'<text x="{place + 23}" y="-10">{text}</text>'
        place += 38 + 7 * len(text)


def _silence(phases: list, last: int, across: Callable[[float], float]) -> Iterator[str]:
    ends = [second for _, second in phases[1:]] + [last]
    for (name, begin), end in zip(phases, ends, strict=True):
        if name == "quiet":
            width = across(end) - across(begin)
            yield (
                f'<rect class="silence" x="{across(begin):.1f}" width="{width:.1f}" '
                f'height="{HEIGHT}"/>'
            )


def _grid(
    marks: list[float], last: int, across: Callable[[float], float], up: Callable[[float], float]
) -> Iterator:
    for mark in marks:
        yield f'<line class="grid" x2="{WIDTH}" y1="{up(mark):.1f}" y2="{up(mark):.1f}"/>'
        yield (
            f'<text class="quiet" x="-8" y="{up(mark) + 4:.1f}" '
            f'text-anchor="end">{_number(mark)}</text>'
        )
    minutes = [mark for mark in _marks([0, last / 60], is_from_zero=True) if mark * 60 <= last]
    for mark in minutes:
        unit = " min" if mark == minutes[-1] else ""
        place = f'x="{across(60 * mark):.1f}" y="{HEIGHT + 20}" text-anchor="middle"'
        yield f'<text class="quiet" {place}>{_number(mark)}{unit}</text>'


def _marks(values: list[float], *, is_from_zero: bool) -> list[float]:
    """Return about five round numbers that cover the values."""
    low, high = 0 if is_from_zero else min(values), max(values)
    rough = max(high - low, 1) / 5
    step = next(unit for unit in _units(rough) if unit >= rough)
    first, count = math.floor(low / step), math.ceil(high / step)
    return [step * place for place in range(first, max(count, first + 1) + 1)]


def _units(rough: float) -> list[float]:
    """Return 1, 2, 5 and 10 times the power of ten below."""
    power = 10 ** math.floor(math.log10(rough))
    return [power * each for each in (1, 2, 5, 10)]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """Return a function that maps a value to its position."""
    return lambda value: start + (end - start) * (value - low) / (high - low)
