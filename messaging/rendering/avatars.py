"""What stands for a person in place of a picture: the first letter of the name, on one of a few
colours.
"""

import unicodedata
from itertools import takewhile
from zlib import crc32

COLOURS = 8  # as static/css/avatar.css has them


def initial(name: str) -> str:
    """The first letter with its marks, as one writes the beginning of a name."""
    letter, rest = name[:1] or "?", name[1:]
    marks = "".join(takewhile(unicodedata.combining, rest))
    capital = letter.upper()
    return (capital if len(capital) == 1 else letter) + marks


def colour(name: str) -> int:
    """The same for every spelling of a name, on every server."""
    return crc32(name.casefold().encode()) % COLOURS


def named(person_id: int, name: str) -> dict[str, str]:
    """The words with which a person is drawn, in the roster and above a conversation."""
    return {
        "peer_id": str(person_id),
        "peer_name": name,
        "initial": initial(name),
        "colour": str(colour(name)),
    }
