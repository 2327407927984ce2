"""Draw avatars: the first letter of a name on one of a few background colours."""

import unicodedata
from itertools import takewhile
from zlib import crc32

COLOURS = 8  # in static/css/chat.css


def initial(name: str) -> str:
    """Return the first letter and its combining marks in upper case."""
    letter, rest = name[:1] or "?", name[1:]
    marks = "".join(takewhile(unicodedata.combining, rest))
    capital = letter.upper()
    return (capital if len(capital) == 1 else letter) + marks


def colour(name: str) -> int:
    """Return a colour number that is the same for every spelling of a name and on every server."""
    return crc32(name.casefold().encode()) % COLOURS


def named(person_id: int, name: str) -> dict[str, str]:
    """Return the values that templates show in the roster and above a conversation."""
    return {
        "peer_id": str(person_id),
        "peer_name": name,
        "initial": initial(name),
        "colour": str(colour(name)),
    }
