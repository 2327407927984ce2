"""What a page may send. A frame is untrusted: it is one of the shapes below, or it is refused in words."""

import json
import re
from dataclasses import dataclass

from messaging.conversations import Refused

MAX_FRAME = 100_000  # characters: the longest message allowed, escaped, with room for the rest
MAX_PANES = 500
PERSON_ID = re.compile(r"[1-9][0-9]{0,17}")
TOKEN = re.compile(r"[A-Za-z0-9_.-]{1,64}")


@dataclass(frozen=True, slots=True)
class Hello:
    """A window has connected: which one it is, what it has shown, and which panes it has."""

    window: str
    cursor: str
    panes: list[int]


@dataclass(frozen=True, slots=True)
class Opened:
    """The page has a pane for this person."""

    peer: int


@dataclass(frozen=True, slots=True)
class Said:
    """Something to say."""

    peer: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Typing:
    peer: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The page has shown everything up to this cursor."""

    cursor: str


@dataclass(frozen=True, slots=True)
class Read:
    """Somebody has looked at the conversation as far as this message."""

    peer: int
    message: str


Frame = Hello | Opened | Said | Typing | Shown | Read


def parse(text: str) -> Frame:
    """The frame in this text (JSON, RFC 8259, as the htmx WebSocket extension writes a form), or Refused."""
    if len(text) > MAX_FRAME:
        raise Refused("That is far too long to be sent.")
    try:
        fields = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused("The page sent something that this server cannot read. Reload the page.") from None
    if not isinstance(fields, dict):
        raise Refused("The page sent something that this server cannot read. Reload the page.")
    match fields.get("type"):
        case "hello":
            return Hello(_token(fields, "window"), _token(fields, "cursor", optional=True), _people(fields, "pane"))
        case "opened":
            return Opened(_person(fields.get("peer")))
        case "message":
            return Said(_person(fields.get("peer")), _token(fields, "id"), _text(fields, "text"))
        case "typing":
            return Typing(_person(fields.get("peer")))
        case "shown":
            return Shown(_token(fields, "cursor"))
        case "read":
            return Read(_person(fields.get("peer")), _token(fields, "message"))
    raise Refused("The page asked for something that this server does not know. Reload the page.")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("the same field twice")
    return fields


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _text(fields: dict, name: str) -> str:
    if not isinstance(fields.get(name), str):
        raise Refused("The page left something out. Reload the page.")
    return fields[name]


def _token(fields: dict, name: str, *, optional: bool = False) -> str:
    value = _text(fields, name)
    if not (TOKEN.fullmatch(value) or (optional and value == "")):
        raise Refused("The page sent something that this server cannot read. Reload the page.")
    return value


def _person(value: object) -> int:
    # A form's fields are strings; a number stands for itself, but True is no number here.
    if isinstance(value, str | int) and not isinstance(value, bool) and PERSON_ID.fullmatch(str(value)):
        return int(value)
    raise Refused("The page did not say whom it means. Reload the page.")


def _people(fields: dict, name: str) -> list[int]:
    value = fields.get(name, [])
    values = value if isinstance(value, list) else [value]
    if len(values) > MAX_PANES:
        raise Refused("This page has more conversations open than one page can hold. Reload the page.")
    return [_person(each) for each in values]
