"""Unique words, and every encoding in which they could leak."""

import base64
import json
import math
import secrets
import string
from urllib.parse import quote

from django.utils.html import escape

# Characters of two to four bytes in UTF-8, and characters that HTML, JSON and URLs escape.
FOREIGN = "äßøčğюжשعहあ漢한😀"
MARKS = "<&\"'>"


class Canary:
    """Two random words: one of ASCII letters, and one that looks different in every encoding."""

    def __init__(self) -> None:
        self.plain = "".join(secrets.choice(string.ascii_lowercase) for _ in range(20))
        self.foreign = (
            "".join(secrets.choice(FOREIGN) for _ in range(8)) + MARKS + secrets.choice(FOREIGN)
        )
        self.text = f"{self.plain} {self.foreign}"
        self.needles = _forms(self.plain) | _forms(self.foreign)
        self.longest = max(map(len, self.needles))

    def forms_in(self, data: bytes) -> set[str]:
        return {form for needle, form in self.needles.items() if needle in data}


def _forms(word: str) -> dict[bytes, str]:
    """Map each encoded form to its encoding's name. If two match, the commoner name wins."""
    raw = word.encode()
    return {
        **dict.fromkeys(_base64(word.encode("utf-16-le")), "base64 of UTF-16"),
        **dict.fromkeys(_base64(raw), "base64"),
        **dict.fromkeys([raw.hex().encode(), raw.hex().upper().encode()], "hexadecimal"),
        **dict.fromkeys(_references(word), "HTML"),
        **dict.fromkeys(_percent(word), "percent-encoded"),
        **dict.fromkeys([repr(raw)[2:-1].encode(), ascii(word)[1:-1].encode()], "Python's repr"),
        json.dumps(word)[1:-1].encode(): "JSON",
        word.encode("utf-32-le"): "UTF-32",
        word.encode("utf-16-be"): "UTF-16, big-endian",
        word.encode("utf-16-le"): "UTF-16, little-endian",
        raw: "UTF-8",
    }


def _base64(raw: bytes) -> set[bytes]:
    """Return the characters that do not depend on context, for each of the three alignments."""
    found = set()
    for shift in range(3):
        whole = slice(math.ceil(shift * 8 / 6), (shift + len(raw)) * 8 // 6)
        padded = bytes(shift) + raw
        found |= {base64.b64encode(padded)[whole], base64.urlsafe_b64encode(padded)[whole]}
    return found


def _references(word: str) -> list[bytes]:
    escaped = escape(word)
    hexadecimal = "".join(f"&#x{ord(letter):x};" for letter in word)
    return [escaped.encode(), escaped.encode("ascii", "xmlcharrefreplace"), hexadecimal.encode()]


def _percent(word: str) -> list[bytes]:
    quoted = quote(word, safe="")
    return [quoted.encode(), quoted.lower().encode()]
