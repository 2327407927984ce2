"""Messages, edits and reactions, and their validation."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messaging.domain.conversations import Conversation, Person
from messaging.domain.emoji import EMOJI
from messaging.domain.files import File
from messaging.domain.plain_text import clean

PERSON_ID = re.compile(r"[1-9][0-9]{0,17}")
MESSAGE_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MESSAGE_KEY = re.compile(rf"({PERSON_ID.pattern})-{MESSAGE_ID.pattern}")
QUICK_REACTIONS = ("👍", "❤️", "😂", "😮", "😢", "🙏")  # offered as buttons


class Message(NamedTuple):
    """A message, an edit or a reaction, depending on `kind`. The page generates `id`, a UUID, so
    that it can send the message again.

    An edit has the id of its message, the new text and the new time. A reaction has the message's
    key as its id, and one emoji as its text, or "" to remove it. A message with a file has the
    file's name as its text.
    """

    id: str
    sender: Person
    conversation: Conversation
    text: str
    posted_at: datetime
    kind: str = "message"
    file: File | None = None

    @property
    def key(self) -> str:
        return message_key(self.sender, self.id)

    @property
    def recipients(self) -> list[Person]:
        return self.conversation.others(self.sender.id)

    @property
    def is_original(self) -> bool:
        return self.kind == "message"

    @property
    def reaction(self) -> str:
        """Return the emoji, or "" if this is not a reaction or removes one."""
        return self.text if self.kind == "reaction" else ""

    @property
    def version(self) -> str:
        """Return an id suffix that distinguishes this edit or reaction from others in a page."""
        if self.is_original:
            return ""
        return f"-{self.posted_at.timestamp():.6f}".replace(".", "")


class Posted(NamedTuple):
    """A message from a page. With a file, `text` is the file's name."""

    conversation_id: int
    id: str
    text: str
    file: File | None = None


class Edited(NamedTuple):
    """The new text of the sender's message. `proof` is its token (`messaging.domain.franking`)."""

    conversation_id: int
    id: str
    text: str
    proof: str


class Reacted(NamedTuple):
    """One emoji as a reaction to a message, or "" to remove it. `proof` is the message's token."""

    conversation_id: int
    message: str
    reaction: str
    proof: str


class Refused(Exception):
    """An action was refused, for a reason that is shown to the person.

    `message` is the refused message, if any. If `is_waiting`, its page sends it again when the
    recipient is back, otherwise after `seconds`, unless that is 0. With `is_trying`, nothing is
    wrong with the message. `sentence` is the reason with the placeholder `{name}` for `name`, the
    recipient's name, so that a page can mark it.
    """

    def __init__(
        self,
        reason: str,
        message: Message | None = None,
        *,
        is_waiting: bool = False,
        seconds: int = 0,
        is_trying: bool = False,
    ) -> None:
        self.sentence = reason
        self.name = ", ".join(each.display_name for each in message.recipients) if message else ""
        self.reason = reason.replace("{name}", self.name)
        super().__init__(self.reason)
        self.message = message
        self.is_waiting = is_waiting
        self.seconds = seconds
        self.is_trying = is_trying


class StateUnavailable(Exception):
    """The backend cannot be reached. It is unknown whether the action took place."""


def message_key(sender: Person, message_id: str) -> str:
    """Return a key that is unique among all messages. An id alone is not: pages generate ids."""
    return f"{sender.id}-{message_id}"


def read_key(key: str) -> tuple[int, str]:
    """Return the sender's id and the message's id in a message key."""
    sender_id, _, message_id = key.partition("-")
    return int(sender_id), message_id


def compose(
    sender: Person, conversation: Conversation, message_id: str, text: str, kind: str = "message"
) -> Message:
    """Return a valid message or edit, or raise Refused.

    `message_id` must be a lower-case UUID (RFC 9562). Without control characters, `text` may have
    at most MESSAGE_MAX_LENGTH characters.
    """
    if not MESSAGE_ID.fullmatch(message_id):
        raise Refused(_("This message has no valid ID. Reload the page."))
    message = Message(message_id, sender, conversation, clean(text), datetime.now(UTC), kind)
    length, limit = len(message.text), settings.MESSAGE_MAX_LENGTH
    people = conversation.participants
    if people[0].id == people[-1].id:
        raise Refused(_("You can’t message yourself."), message)
    if not length:
        raise Refused(_("This message is empty."), message)
    if length > limit:
        sentence = ngettext(
            "This message is %(length)d character long. The limit is %(limit)d.",
            "This message is %(length)d characters long. The limit is %(limit)d.",
            length,
        )
        raise Refused(sentence % {"length": length, "limit": limit}, message)
    return message


def react(sender: Person, conversation: Conversation, key: str, reaction: str) -> Message:
    """Return a valid reaction to a message of this conversation, or raise Refused."""
    found = MESSAGE_KEY.fullmatch(key)
    if not found or int(found[1]) not in {person.id for person in conversation.participants}:
        raise Refused(_("The server couldn’t read this request. Reload the page."))
    emoji = EMOJI.get(reaction, "")
    if reaction and not emoji:
        raise Refused(_("A reaction is one emoji."))
    return Message(key, sender, conversation, emoji, datetime.now(UTC), "reaction")
