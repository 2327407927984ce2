"""What a page may send. A frame is untrusted: it is one of the shapes below, or it is refused in
words.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messaging.domain.messages import MESSAGE_ID, PERSON_ID, Edited, Reacted, Refused
from messaging.domain.sizes import MAX_FRAME_IN, MAX_PANES
from messaging.domain.strict_json import DECODER
from messaging.rendering.page_version import PAGE_VERSION

SECONDS = re.compile(r"[0-9]{1,12}")
TOKEN = re.compile(r"[A-Za-z0-9_.-]{1,64}")
UNREADABLE = gettext_lazy("The server couldn’t read this request. Reload the page.")


class Hello(NamedTuple):
    """A window has connected: which one it is, what it has shown, which panes it has, how many
    seconds it was away.
    """

    window: str
    cursor: str
    panes: list[int]
    away: int


class Opened(NamedTuple):
    """The page has a pane for this person."""

    peer: int


class Posted(NamedTuple):
    """Something to say."""

    peer: int
    id: str
    text: str


class Unsent(NamedTuple):
    """One's own message, unsaid, with the token that came with it, if it was taken."""

    peer: int
    id: str
    proof: str = ""


class Cleared(NamedTuple):
    """A conversation to be emptied in every window of both."""

    peer: int


class Typing(NamedTuple):
    peer: int


class Acknowledged(NamedTuple):
    """The page has shown everything up to this cursor."""

    cursor: str


class Read(NamedTuple):
    """Somebody has looked at the conversation as far as this message."""

    peer: int
    message: str


class Outdated(Exception):
    """The page is of another version than this server."""


Frame = Hello | Opened | Posted | Edited | Unsent | Reacted | Cleared | Typing | Acknowledged | Read


def parse(text: str) -> Frame:
    """The frame in this text (JSON, RFC 8259, as the htmx WebSocket extension writes a form); else
    raises Refused, or Outdated where it is the hello of a page of another version, whatever else
    that says.
    """
    if len(text) > MAX_FRAME_IN:
        raise Refused(_("This is too long to send."))
    try:
        fields = DECODER.decode(text)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise Refused(str(UNREADABLE))
    kind = fields.get("type")
    if not isinstance(kind, str) or kind not in PARSERS:
        raise Refused(_("The server doesn’t know this request. Reload the page."))
    if kind == "hello" and fields.get("version") != PAGE_VERSION:
        raise Outdated
    return PARSERS[kind](fields)


def _text(fields: dict, name: str) -> str:
    if not isinstance(fields.get(name), str):
        raise Refused(_("This request is incomplete. Reload the page."))
    return fields[name]


def _token(fields: dict, name: str, *, optional: bool = False) -> str:
    value = _text(fields, name)
    if not (TOKEN.fullmatch(value) or (optional and value == "")):
        raise Refused(str(UNREADABLE))
    return value


def _message_id(fields: dict, name: str) -> str:
    if not MESSAGE_ID.fullmatch(_text(fields, name)):
        raise Refused(str(UNREADABLE))
    return fields[name]


def _seconds(fields: dict, name: str) -> int:
    value = fields.get(name, "0")
    # What the page says of itself, for its own eyes: more than a year is no news.
    return min(int(value), 31_536_000) if isinstance(value, str) and SECONDS.fullmatch(value) else 0


def _person(fields: dict) -> int:
    return _person_id(fields.get("peer"))


def _person_id(value: object) -> int:
    # A form's fields are strings; a number stands for itself, but True is no number here.
    if (
        isinstance(value, str | int)
        and not isinstance(value, bool)
        and PERSON_ID.fullmatch(str(value))
    ):
        return int(value)
    raise Refused(_("This request has no recipient. Reload the page."))


def _people(fields: dict, name: str) -> list[int]:
    value = fields.get(name, [])
    values = value if isinstance(value, list) else [value]
    if len(values) > MAX_PANES:
        raise Refused(_("Too many conversations are open on this page. Reload the page."))
    return [_person_id(each) for each in values]


# What the `type` of a frame means: a shape, never a handler.
PARSERS: dict[str, Callable[[dict], Frame]] = {
    "hello": lambda fields: Hello(
        _token(fields, "window"),
        _token(fields, "cursor", optional=True),
        _people(fields, "pane"),
        _seconds(fields, "away"),
    ),
    "opened": lambda fields: Opened(_person(fields)),
    "message": lambda fields: Posted(_person(fields), _token(fields, "id"), _text(fields, "text")),
    "edit": lambda fields: Edited(
        _person(fields), _message_id(fields, "id"), _text(fields, "text"), _token(fields, "proof")
    ),
    "take-back": lambda fields: Unsent(
        _person(fields),
        _message_id(fields, "id"),
        _token({"proof": "", **fields}, "proof", optional=True),
    ),
    "react": lambda fields: Reacted(
        _person(fields),
        _token(fields, "message"),
        _text(fields, "reaction"),
        _token(fields, "proof"),
    ),
    "clear": lambda fields: Cleared(_person(fields)),
    "typing": lambda fields: Typing(_person(fields)),
    "shown": lambda fields: Acknowledged(_token(fields, "cursor")),
    "read": lambda fields: Read(_person(fields), _token(fields, "message")),
}
