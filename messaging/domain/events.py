"""What has happened, and what of it waits for whom."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from messaging.domain.conversations import Conversation
from messaging.domain.messages import Message

# Drafts and entries are tuples, since they are made for every message: a frozen dataclass takes
# three times as long.


def _weight(text: str) -> int:
    return len(text) if text.isascii() else 4 * len(text)


class Event(NamedTuple):
    """What has happened: the name of its template, the `words` that the template shows as they are,
    and the `shape`, the values that it tests. No HTML: each window renders it in its own language.
    """

    name: str
    words: Mapping[str, str] = MappingProxyType({})
    shape: Mapping[str, str | int] = MappingProxyType({})


NOTHING = Event("")
LEFT_OUT = Event(
    "notes_left_out"
)  # in place of notes without room: the page asks for what it does not know


class Draft(NamedTuple):
    """An event for the inbox of `owner`, in a conversation, and the message that it brings, if any.

    `by` is the id of the participant who has caused it: it counts for their share of the inbox. A
    draft that clears has the id of the clearing, and the windows which show it are counted.
    """

    owner: int
    conversation: Conversation
    event: Event
    by: int
    message: Message | None = None
    clearing: str = ""

    @property
    def size(self) -> int:
        """Return the bytes that count for limits: at most what the text takes in memory, where one
        character beyond ASCII makes each take up to four.
        """
        words = _weight("".join((self.event.name, *self.event.words.values())))
        return words + (_weight(self.message.text) if self.message else 0)

    def emptied(self) -> "Draft":
        """Return the same with nothing in it, where its text may wait no longer."""
        return self._replace(event=NOTHING, message=None)

    @property
    def incoming(self) -> Message | None:
        """Return the message, if this is the copy of a recipient."""
        return None if self.by == self.owner else self.message

    @property
    def is_own(self) -> bool:
        """Return whether its owner has caused it."""
        return self.by == self.owner
