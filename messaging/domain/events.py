"""Events, and the drafts that bring them to inboxes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from messaging.domain.conversations import Conversation
from messaging.domain.messages import Message

# Drafts and entries are tuples, because they are created for every message, and creating a frozen
# dataclass takes three times as long.


def _weight(text: str) -> int:
    return len(text) if text.isascii() else 4 * len(text)


class Event(NamedTuple):
    """Something that has happened. `name` is that of its template, which shows `words` unchanged
    and tests the values in `shape`. It contains no HTML, because each window renders it in its own
    language.
    """

    name: str
    words: Mapping[str, str] = MappingProxyType({})
    shape: Mapping[str, str | int] = MappingProxyType({})


NO_EVENT = Event("")
# Replaces notes for which there is no room. The page then asks for what it does not know.
NOTES_LEFT_OUT = Event("notes_left_out")


class Draft(NamedTuple):
    """An event for the inbox of `owner`, and the message that it brings, if any.

    `by` is the id of the participant who caused it. It counts towards their share of the inbox.
    `clearing` is the id of the clearing that it announces, if any. The windows that show such a
    draft are counted for its progress.
    """

    owner: int
    conversation: Conversation
    event: Event
    by: int
    message: Message | None = None
    clearing: str = ""

    @property
    def size(self) -> int:
        """Return the bytes that count towards limits, an upper bound of the text's size in memory.
        One non-ASCII character can make each character take up to four bytes.
        """
        words = _weight("".join((self.event.name, *self.event.words.values())))
        if not self.message:
            return words
        file = self.message.file
        return words + _weight(self.message.text) + (len(file.kind + file.digest) if file else 0)

    def emptied(self) -> "Draft":
        """Return a copy without its event and message, whose text may no longer be kept."""
        return self._replace(event=NO_EVENT, message=None)

    @property
    def incoming(self) -> Message | None:
        """Return the message if this is a recipient's copy, else None."""
        return None if self.by == self.owner else self.message

    @property
    def is_own(self) -> bool:
        """Return whether the owner caused this draft."""
        return self.by == self.owner
