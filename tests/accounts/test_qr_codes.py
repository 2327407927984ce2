"""The QR code is drawn as encoded."""

import re

import pytest
import segno

from accounts import qr_codes

SVG = re.compile(r'<svg viewBox="0 0 (\d+) \1"><path stroke="#000" d="([Mmh\d. -]+)"/></svg>')


def drawn(path):
    """Return the positions of a path's dark modules."""
    places, x, y = set(), 0, 0.0
    for command, across, down in re.findall(r"([Mmh])(-?\d+)(?: (-?[\d.]+))?", path):
        if command == "h":
            places |= {(x + step, int(y)) for step in range(int(across))}
        x = int(across) + (0 if command == "M" else x)
        y = float(down or 0) + (0 if command == "M" else y)
    return places


@pytest.mark.parametrize(
    "address",
    ["https://chat.example.org/accounts/invitation/" + "a" * 32, '"><script>alert(1)</script>'],
)
def test_every_module_is_in_place_within_a_quiet_zone(address):
    [(size, path)] = SVG.findall(qr_codes.draw(address))
    assert SVG.sub("", qr_codes.draw(address)).strip() == ""
    rows = segno.make_qr(address, error="m").matrix
    assert drawn(path) == {
        (x + 4, y + 4) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    }
    assert int(size) == len(rows) + 8
