"""What may be said, by whom, to whom. Knows nothing of sockets, requests or HTML."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings

MESSAGE_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Person:
    """A participant, as the session (oneself) or the database (a peer) knows them."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said. `id` is the page's own UUID, so that sending again is harmless."""

    id: str
    sender: Person
    recipient: Person
    text: str
    posted_at: datetime

    @property
    def key(self) -> str:
        """Unique among everybody's messages: a page chooses its ids, but never somebody else's."""
        return f"{self.sender.id}-{self.id}"


class Refused(Exception):
    """Something that cannot be done, in words for the one who asked; never seen by anybody else.

    `message_id` names the message that stays in front of its writer, where it was about a message.
    """

    def __init__(self, reason: str, message_id: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.message_id = message_id


def compose(sender: Person, recipient: Person, message_id: str, text: str) -> Message:
    """A message that may be posted, or Refused.

    `message_id` is a lower-case UUID (RFC 9562), `text` is what the person typed, at most MESSAGE_MAX_LENGTH
    characters after control characters are taken out.
    """
    if not MESSAGE_ID.fullmatch(message_id):
        raise Refused("the page sent it without a proper name. Reload the page.")
    if recipient.id == sender.id:
        raise Refused("this is you. Choose somebody else to talk to.", message_id)
    text = clean(text)
    if not text:
        raise Refused("there is nothing in it.", message_id)
    if len(text) > settings.MESSAGE_MAX_LENGTH:
        raise Refused(f"it is {len(text)} characters long, and {settings.MESSAGE_MAX_LENGTH} is the limit.", message_id)
    return Message(message_id, sender, recipient, text, datetime.now(UTC))


def clean(text: str) -> str:
    """The text without what no screen can show: control characters bar line break and tab, and halves of characters.

    A lone surrogate cannot be encoded as UTF-8: one of them would close every socket that it is sent to.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        letter for letter in lines if letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cs"}
    ).strip()
