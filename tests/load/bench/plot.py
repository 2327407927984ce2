"""Plot what a message costs as windows are added, for the product and the bare relay."""

import math
from collections.abc import Iterator
from pathlib import Path

from tests.load.bench.summary import CPU_CONFIRMED

WIDTH, HEIGHT, LEFT, TOP, GAP = 300, 220, 70, 60, 60
# Colours that hold 4.5:1 on white and on #111.
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1a1a1a }
  .title { font-weight: 600 } .quiet { fill: #595959 }
  .canvas { fill: #fff } .grid { stroke: #d5d5d5 } polyline { fill: none; stroke-width: 2.5 }
  .product { stroke: #a3361c } .relay { stroke: #1f5fa8; stroke-dasharray: 6 4 }
  circle.product { fill: #a3361c } circle.relay { fill: #1f5fa8 }
  @media (prefers-color-scheme: dark) {
    text { fill: #eee } .quiet { fill: #b5b5b5 } .canvas { fill: #111 } .grid { stroke: #3c3c3c }
    .product { stroke: #ff9d82 } .relay { stroke: #8fc1ff }
    circle.product { fill: #ff9d82 } circle.relay { fill: #8fc1ff }
  }
"""


def write(results: dict, folder: Path) -> None:
    (folder / "benchmark.svg").write_text(draw(results["talk"]))


def draw(talk: list[dict]) -> str:
    """Draw a panel for each server with logarithmic axes. A level line is a constant cost."""
    servers = sorted({row["server"] for row in talk})
    points = [
        (row["windows"], row["median"][CPU_CONFIRMED])
        for row in talk
        if CPU_CONFIRMED in row["median"]
    ]
    width, height = LEFT + len(servers) * (WIDTH + GAP), TOP + HEIGHT + 60
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            'aria-labelledby="title">'
        ),
        (
            '<title id="title">Server CPU per message over the number of open windows, product and '
            "bare relay</title>"
        ),
        f'<style>{STYLE}</style><rect class="canvas" width="{width}" height="{height}"/>',
        (
            '<text class="title" x="16" y="24">CPU of the server for a message, in microseconds '
            "(log "
            "scale)</text>"
        ),
    ]
    parts += _legend(width - 190)
    for place, server in enumerate(servers):
        rows = [row for row in talk if row["server"] == server]
        parts += _panel(server, rows, points, LEFT + place * (WIDTH + GAP))
    return "\n".join([*parts, "</svg>", ""])


def _panel(
    server: str, talk: list[dict], points: list[tuple[int, float]], left: int
) -> Iterator[str]:
    if not points:
        return
    across, up = (
        _scale([x for x, _ in points], 16, WIDTH - 16),
        _scale(_decades([y for _, y in points]), HEIGHT, 0),
    )
    yield (
        f'<g transform="translate({left} {TOP})"><text class="title" x="0" y="-12">{server}</text>'
    )
    for value in _decades([y for _, y in points]):
        yield f'<line class="grid" x2="{WIDTH}" y1="{up(value):.1f}" y2="{up(value):.1f}"/>'
        yield (
            f'<text class="quiet" x="-8" y="{up(value) + 4:.1f}" text-anchor="end">{value:,}</text>'
        )
    for size in sorted({x for x, _ in points}):
        yield (
            f'<text class="quiet" x="{across(size):.1f}" y="{HEIGHT + 20}" '
            f'text-anchor="middle">{size:,}</text>'
        )
    yield (
        f'<text class="quiet" x="{WIDTH / 2}" y="{HEIGHT + 40}" text-anchor="middle">windows</text>'
    )
    for app in ("product", "relay"):
        yield from _line(
            app,
            [row for row in talk if row["app"] == app and CPU_CONFIRMED in row["median"]],
            across,
            up,
        )
    yield "</g>"


def _line(app: str, rows: list[dict], across, up) -> Iterator[str]:
    spots = [
        (across(row["windows"]), up(row["median"][CPU_CONFIRMED]), row["median"][CPU_CONFIRMED])
        for row in rows
    ]
    yield f'<polyline class="{app}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y, _ in spots)}"/>'
    yield from (f'<circle class="{app}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y, _ in spots)
    # Put the product's numbers above its line and the relay's below, because the lines may be close
    # together.
    beside = -10 if app == "product" else 20
    for x, y, value in spots:
        yield f'<text x="{x:.1f}" y="{y + beside:.1f}" text-anchor="middle">{value:,.0f}</text>'


def _legend(left: int) -> Iterator[str]:
    for place, app in enumerate(("product", "relay")):
        x = left + 100 * place
        yield (
            f'<polyline class="{app}" points="{x},20 {x + 24},20"/><text x="{x + 30}" '
            f'y="24">{app}</text>'
        )


def _decades(values: list[float]) -> list[int]:
    """Return powers of ten from below the least to above the most."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return [10**power for power in range(low, max(high, low + 1) + 1)]


def _scale(values, start: float, end: float):
    """Return a function that maps a value to its position on a logarithmic axis."""
    low, high = math.log10(min(values)), math.log10(max(values))
    return lambda value: start + (end - start) * (math.log10(value) - low) / ((high - low) or 1)
