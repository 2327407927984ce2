"""The text frames that pages may send. They are untrusted, so any other frame is refused."""

from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from messaging.consumers.frame_fields import read_conversation_id, read_text
from messaging.domain.files import MEGABYTE, File, read
from messaging.domain.messages import MESSAGE_KEY, Refused
from messaging.domain.strict_json import DECODER
from messaging.files.refusals import Invalid

LONGEST = 4_000  # characters; tokens are shorter


class Receive(NamedTuple):
    """The page wants the file that a message offers. `proof` is the message's token."""

    conversation_id: int
    message: str
    proof: str
    file: File


class Send(NamedTuple):
    """The page sends the file for which it got this token."""

    token: str


class Wait(NamedTuple):
    """The page has the file for this token, but sends other files first."""

    token: str


class Have(NamedTuple):
    """The page has the chunk with this random number, and those before it."""

    number: int


class Stop(NamedTuple):
    """The person doesn't want the rest of the file to be transferred."""


class Gone(NamedTuple):
    """The sender's page can't read the file any more."""


Frame = Receive | Send | Wait | Have | Stop | Gone


def parse(event: dict) -> Frame:
    """Parse the text frame of a socket's ASGI event, or raise Invalid."""
    text = event.get("text") or ""
    try:
        fields = DECODER.decode(text) if len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        fields = None
    frame = _read(fields) if isinstance(fields, dict) else None
    if frame is None:
        raise unreadable()
    return frame


def unreadable() -> Invalid:
    return Invalid(_("The server couldn’t read this request. Reload the page."))


def _read(fields: dict) -> Frame | None:
    try:
        match fields.get("type"):
            case "receive":
                return _receive(fields)
            case "send" | "wait" as kind:
                token = read_text(fields, "token")
                return Send(token) if kind == "send" else Wait(token)
            case "have":
                number = fields.get("number")
                return Have(number) if type(number) is int else None
            case "stop" | "gone" as kind:
                return Stop() if kind == "stop" else Gone()
    except Refused:
        return None
    return None


def _receive(fields: dict) -> Receive | None:
    key, proof = read_text(fields, "message"), read_text(fields, "proof")
    file = read({name: fields.get(name) for name in File._fields})
    if not file or not MESSAGE_KEY.fullmatch(key):
        return None
    if not 0 < file.size <= settings.FILE_MAX_MB * MEGABYTE:
        return None
    return Receive(read_conversation_id(fields), key, proof, file)
