"""What may be said, by whom, to whom. Knows nothing of sockets, requests or HTML."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messaging.domain.plain_text import clean

PERSON_ID = re.compile(r"[1-9][0-9]{0,17}")
MESSAGE_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MESSAGE_KEY = re.compile(rf"({PERSON_ID.pattern})-{MESSAGE_ID.pattern}")
REACTIONS = ("thumbs-up", "heart", "laughing", "surprised", "sad", "thanks")


class Person(NamedTuple):
    """A participant, as the session (oneself) or the database (a peer) knows them."""

    id: int
    name: str

    @property
    def called(self) -> str:
        """Of people whom a page has never shown, the name may not be known."""
        return self.name or _("this person")


class Message(NamedTuple):
    """One thing said. `id` is the page's own UUID, so that sending again is harmless.

    An "edit" is the same message with the text and the time that it has now: it comes behind it,
    under its name, as often as its writer likes. A "reaction" has one of REACTIONS, or "" for none
    any more, as its text, and the key of the message that it is about as its id.
    """

    id: str
    sender: Person
    recipient: Person
    text: str
    posted_at: datetime
    kind: str = "message"

    @property
    def key(self) -> str:
        return message_key(self.sender, self.id)

    @property
    def is_original(self) -> bool:
        return self.kind == "message"

    @property
    def reaction(self) -> str:
        """Return one of REACTIONS, or "" for what is no reaction."""
        return self.text if self.kind == "reaction" else ""

    @property
    def version(self) -> str:
        """Return a suffix for ids in a page that tells this edit or reaction from other ones."""
        if self.is_original:
            return ""
        return f"-{self.posted_at.timestamp():.6f}".replace(".", "")


class Edited(NamedTuple):
    """One's own message, as it is to read from now on, with the token that came with it
    (`messaging.domain.franking`)."""

    peer: int
    id: str
    text: str
    proof: str


class Reacted(NamedTuple):
    """What one feels about a message, in one of a few ways; "" takes it away. With the token that
    came with it.
    """

    peer: int
    message: str
    reaction: str
    proof: str


class Refused(Exception):
    """Something that cannot be done, in words for the one who asked; never seen by anybody else.

    `message` is the one that stays in front of its writer, where it was about a message.
    `is_waiting` says that its page will offer it again when the recipient is back, `seconds` that
    it may do so after that time, `is_trying` that nothing is wrong with it and it goes on by
    itself. `sentence` is the reason with `{name}` in the place of the recipient's name, so that a
    page can mark the name.
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
        self.reason = reason.replace("{name}", message.recipient.called if message else "")
        super().__init__(self.reason)
        self.message = message
        self.is_waiting = is_waiting
        self.seconds = seconds
        self.is_trying = is_trying


class StateUnavailable(Exception):
    """Where the state of conversations lives does not answer at the moment. Nothing was done, or
    nobody knows.
    """


def message_key(sender: Person, message_id: str) -> str:
    """Unique among everybody's messages: a page chooses its ids, but never somebody else's."""
    return f"{sender.id}-{message_id}"


def read_key(key: str) -> tuple[int, str]:
    """Return the sender's number and the message's id of what `message_key` has made."""
    sender_id, _, message_id = key.partition("-")
    return int(sender_id), message_id


def compose(
    sender: Person, recipient: Person, message_id: str, text: str, kind: str = "message"
) -> Message:
    """A message that may be posted, or the edit of one, or Refused.

    `message_id` is a lower-case UUID (RFC 9562), `text` is what the person typed, at most
    MESSAGE_MAX_LENGTH characters after control characters are taken out.
    """
    if not MESSAGE_ID.fullmatch(message_id):
        raise Refused(_("This message has no valid ID. Reload the page."))
    message = Message(message_id, sender, recipient, clean(text), datetime.now(UTC), kind)
    length, limit = len(message.text), settings.MESSAGE_MAX_LENGTH
    if recipient.id == sender.id:
        raise Refused(_("You can’t message yourself."), message)
    if not length:
        raise Refused(_("This message is empty."), message)
    if length > limit:
        words = ngettext(
            "This message is %(length)d character long. The limit is %(limit)d.",
            "This message is %(length)d characters long. The limit is %(limit)d.",
            length,
        )
        raise Refused(words % {"length": length, "limit": limit}, message)
    return message


def react(sender: Person, recipient: Person, key: str, reaction: str) -> Message:
    """A reaction to what either of these two has said to the other, or Refused."""
    said = MESSAGE_KEY.fullmatch(key)
    if (
        not said
        or int(said[1]) not in {sender.id, recipient.id}
        or reaction not in {*REACTIONS, ""}
    ):
        raise Refused(_("The server couldn’t read this request. Reload the page."))
    return Message(key, sender, recipient, reaction, datetime.now(UTC), "reaction")
