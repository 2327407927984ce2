"""An address as a QR code, drawn by the page itself: no picture is fetched, and no markup is made here."""

from itertools import groupby
from typing import NamedTuple

import segno

QUIET = 4  # empty modules around it, as ISO/IEC 18004 asks for


class Code(NamedTuple):
    """`path` is what an SVG path draws, in a square of `size` units."""

    path: str
    size: int


def draw(address: str) -> Code:
    rows = segno.make_qr(address, error="m").matrix
    path = "".join(_bars(row, y + QUIET) for y, row in enumerate(rows))
    return Code(path, len(rows) + 2 * QUIET)


def _bars(row: bytearray, y: int) -> str:
    """The dark modules of a row, each run of them as one bar."""
    bars, x = "", QUIET
    for is_dark, run in groupby(row, bool):
        width = len(list(run))
        bars += f"M{x} {y}h{width}v1h-{width}z" if is_dark else ""
        x += width
    return bars
