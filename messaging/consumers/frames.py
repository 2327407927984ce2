"""The frames that a page may send. They are untrusted, so any other shape is refused."""

from collections.abc import Callable
from typing import NamedTuple

from django.utils.translation import gettext as _

from messaging.consumers.frame_fields import (
    UNREADABLE,
    read_conversation_id,
    read_file,
    read_message_id,
    read_panes,
    read_seconds,
    read_text,
    read_token,
)
from messaging.domain.messages import Edited, Posted, Reacted, Refused
from messaging.domain.offers import Answered
from messaging.domain.sizes import MAX_FRAME_IN
from messaging.domain.strict_json import DECODER
from messaging.rendering.page_version import PAGE_VERSION


class Hello(NamedTuple):
    """A window has connected after `away` seconds without a connection."""

    window: str
    cursor: str
    panes: list[int]
    away: int


class Opened(NamedTuple):
    """The page has opened a pane for this conversation."""

    conversation_id: int


class Unsent(NamedTuple):
    """The user unsends a message. `proof` is its token, if it was accepted."""

    conversation_id: int
    id: str
    proof: str = ""


class Cleared(NamedTuple):
    conversation_id: int


class Typing(NamedTuple):
    conversation_id: int


class Acknowledged(NamedTuple):
    """The page has shown everything up to this cursor."""

    cursor: str


class Read(NamedTuple):
    """The user has read the conversation up to this message."""

    conversation_id: int
    message: str


class Outdated(Exception):
    """The page's version differs from that of this server."""


Change = Edited | Unsent | Reacted | Cleared | Answered
Frame = Hello | Opened | Posted | Change | Typing | Acknowledged | Read


def parse(text: str) -> Frame:
    """Parse a frame, a form that htmx's WebSocket extension sends as JSON (RFC 8259).

    Raise Refused, or Outdated for a hello from a page of another version.
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


def _read_answer(fields: dict, *, is_received: bool) -> Answered:
    return Answered(
        read_conversation_id(fields),
        read_token(fields, "message"),
        read_token(fields, "proof"),
        is_received,
    )


# Parsers by the `type` of a frame. A type selects a shape, never a handler.
PARSERS: dict[str, Callable[[dict], Frame]] = {
    "hello": lambda fields: Hello(
        read_token(fields, "window"),
        read_token(fields, "cursor", optional=True),
        read_panes(fields, "pane"),
        read_seconds(fields, "away"),
    ),
    "opened": lambda fields: Opened(read_conversation_id(fields)),
    "message": lambda fields: Posted(
        read_conversation_id(fields),
        read_token(fields, "id"),
        read_text(fields, "text"),
        read_file(fields, "file"),
    ),
    "edit": lambda fields: Edited(
        read_conversation_id(fields),
        read_message_id(fields, "id"),
        read_text(fields, "text"),
        read_token(fields, "proof"),
    ),
    "unsend": lambda fields: Unsent(
        read_conversation_id(fields),
        read_message_id(fields, "id"),
        read_token({"proof": "", **fields}, "proof", optional=True),
    ),
    "react": lambda fields: Reacted(
        read_conversation_id(fields),
        read_token(fields, "message"),
        read_text(fields, "reaction"),
        read_token(fields, "proof"),
    ),
    "decline": lambda fields: _read_answer(fields, is_received=False),
    "received": lambda fields: _read_answer(fields, is_received=True),
    "clear": lambda fields: Cleared(read_conversation_id(fields)),
    "typing": lambda fields: Typing(read_conversation_id(fields)),
    "shown": lambda fields: Acknowledged(read_token(fields, "cursor")),
    "read": lambda fields: Read(read_conversation_id(fields), read_token(fields, "message")),
}
