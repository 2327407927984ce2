"""What the page draws is the code that a camera reads."""

import re

import segno

from accounts import qr


def drawn(code):
    """The dark modules of a path, as a set of places."""
    bars = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", code.path)
    assert "".join(f"M{x} {y}h{width}v1h-{back}z" for x, y, width, back in bars) == code.path
    assert all(width == back for _, _, width, back in bars)
    return {(int(x) + step, int(y)) for x, y, width, _ in bars for step in range(int(width))}


def test_every_module_is_where_it_belongs_with_quiet_around_it():
    address = "https://chat.example.org/accounts/invitation/" + "a" * 32 + "/"
    code, rows = qr.draw(address), segno.make_qr(address, error="m").matrix
    wanted = {(x + 4, y + 4) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark}
    assert drawn(code) == wanted
    assert code.size == len(rows) + 8
