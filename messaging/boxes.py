"""What the mailbox is made of: a person's box, its entries and its windows."""

import secrets
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from messaging.conversations import Clearing, Message, Person

# What one person can make wait here: a reader who has stopped reading must not fill the memory of the server.
MAX_ENTRIES = 5_000
MAX_BYTES = 4_000_000
MAX_WINDOWS = 50

# Drafts and entries are tuples, since they are made for every message: a frozen dataclass takes three times as long.


def read_cursor(cursor: str) -> tuple[str, int] | None:
    """Epoch and number; None for a fresh page's "", and for what no box has ever given out. What a window has added for
    itself is left to it."""
    epoch, _, rest = cursor.partition(".")
    digits, _, _ = rest.partition(".")
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 16
    return (epoch, int(digits)) if epoch and is_number else None


def _weight(text: str) -> int:
    return len(text) if text.isascii() else 4 * len(text)


class Event(NamedTuple):
    """What has happened: the name of the template that says it, the `words` that change in it each time, and the
    `shape`, which is all that it asks about. A window draws it in its own language."""

    name: str
    words: Mapping[str, str] = MappingProxyType({})
    shape: Mapping[str, str | int] = MappingProxyType({})


NOTHING = Event("")


class Draft(NamedTuple):
    """An event for the box of `owner`; `peer` is the other participant, `message` what it brings, if anything.

    A draft that clears says so, and the windows which show it are counted.
    """

    owner: int
    peer: Person
    event: Event
    message: Message | None = None
    clearing: str = ""

    @property
    def size(self) -> int:
        """What it takes of the memory at most, in bytes: one letter beyond ASCII, and all of them take up to four."""
        words = _weight("".join((self.event.name, *self.event.words.values())))
        return words + (_weight(self.message.text) if self.message else 0)

    def emptied(self) -> "Draft":
        """The same with nothing in it, where its text may wait no longer."""
        return self._replace(event=NOTHING, message=None)

    @property
    def incoming(self) -> Message | None:
        """The message, if this is its recipient's copy."""
        return self.message if self.message and self.message.recipient.id == self.owner else None


class Entry(NamedTuple):
    number: int
    draft: Draft
    expires: float
    size: int = 0  # of the draft, in bytes, where it is counted


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a window that has connected goes on, and whether what it has missed is gone: all of it, or some.

    One that was forgotten was away for too long to be waited for, whether it has missed something or not. A new box is
    either one that was forgotten in the same way, or the memory that held the one before is gone (`is_restart`).
    """

    number: int
    epoch: str = ""
    is_new_box: bool = False
    has_gap: bool = False
    was_forgotten: bool = False
    is_restart: bool = False


class News(NamedTuple):
    """What a confirmation or the passing of time has settled: messages, and clearings whose progress has changed."""

    messages: list[Message]
    clearings: list[Clearing]


class Receipt(NamedTuple):
    """What became of a message that was submitted: it is new, or this is what became of it when it was."""

    posted_at: datetime
    is_new: bool = True
    is_delivered: bool = False
    is_away: bool = False  # its recipient has no window at this moment, but had one so lately that it may come back


@dataclass(slots=True)
class Accepted:
    """A message that a page has named: what it was and what became of it, for when its page asks again."""

    recipient: int
    digest: bytes
    posted_at: datetime
    expires: float
    is_delivered: bool = False
    is_expired: bool = False  # nobody has shown it in time: its page may offer it again
    is_withdrawn: bool = False  # taken back or cleared: nobody may


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is here of one person, in numbers: in their own box, and of what they wrote in the boxes of others.

    `size` is in bytes of text, `age` in seconds, of the entry that has waited longest.
    """

    entries: int
    size: int
    age: float
    windows: int
    accepted: int
    elsewhere: int
    clearings: int


@dataclass(slots=True)
class Window:
    """One open page of a person: what it has shown, how many sockets it holds, and since when it holds none."""

    cursor: int
    sockets: int = 0
    away_since: float = 0.0


BIRTH = 8  # letters at the beginning of an epoch: they name the memory in which its box was made


def is_of(birth: str, cursor: str) -> bool:
    """Whether a cursor was given out by the memory of this name."""
    return cursor[:BIRTH] == birth


@dataclass(slots=True)
class Box:
    epoch: str = field(default_factory=lambda: secrets.token_urlsafe(6))
    newest: int = 0
    confirmed: int = 0  # the highest number that any window has shown
    forgotten: int = 0  # the highest number that is no longer here
    size: int = 0  # in bytes
    entries: deque[Entry] = field(default_factory=deque)
    windows: dict[str, Window] = field(default_factory=dict)
    accepted: dict[str, Accepted] = field(default_factory=dict)
    lost: list[Message] = field(default_factory=list)  # forgotten before any window had shown them, and not told yet

    @property
    def beginning(self) -> int:
        """Behind what a fresh page is given all: what no window has shown."""
        return max(self.confirmed, self.forgotten)

    def append(self, draft: Draft, expires: float) -> None:
        # What is no message cannot be refused: it makes room for itself, so that nobody can fill the memory.
        while self._is_over():
            self.forget_first()
        self.newest += 1
        size = draft.size
        self.size += size
        self.entries.append(Entry(self.newest, draft, expires, size))

    def forget_first(self) -> None:
        entry = self.entries.popleft()
        self.size -= entry.size
        self.forgotten = entry.number
        if entry.number > self.confirmed and entry.draft.incoming:
            self.lost.append(entry.draft.incoming)

    def forget_expired(self, now: float) -> None:
        while self.entries and self.entries[0].expires <= now:
            self.forget_first()

    def forget_shown(self) -> None:
        everywhere = self.confirmed
        for window in self.windows.values():
            everywhere = min(everywhere, window.cursor)
        while self.entries and self.entries[0].number <= everywhere:
            self.forget_first()

    def after(self, number: int) -> list[Entry]:
        """The entries behind this one. Their numbers have no holes: how many there are is a subtraction."""
        count = min(self.newest - number, len(self.entries))
        return [self.entries[-place] for place in range(count, 0, -1)]

    def between(self, low: int, high: int) -> Iterable[Entry]:
        """The entries behind `low`, up to `high`."""
        passed = self.newest - len(self.entries)
        return islice(self.entries, max(0, low - passed), max(0, high - passed))

    def withdraw(self, is_meant: Callable[[Message], bool]) -> None:
        """The texts of these wait no longer; their numbers do, so that nothing is skipped."""
        for place, entry in enumerate(self.entries):
            if entry.draft.message and is_meant(entry.draft.message):
                self.size -= entry.size
                self.entries[place] = entry._replace(draft=entry.draft.emptied(), size=0)

    def is_full(self) -> bool:
        """Whether there is no room, after what some window has shown has made room for what none has."""
        while self.entries and self.entries[0].number <= self.confirmed and self._is_over():
            self.forget_first()
        return self._is_over()

    def number_in(self, cursor: str) -> int | None:
        """The number in a cursor of this box; None for a fresh page's "", and for a cursor of another box."""
        epoch, number = read_cursor(cursor) or ("", 0)
        return number if epoch == self.epoch and number <= self.newest else None

    def make_room(self) -> None:
        """For one more window: a page chooses its own name, and could fill the memory with windows that are gone."""
        away = [id for id, window in self.windows.items() if window.sockets <= 0]
        if len(self.windows) >= MAX_WINDOWS and away:
            del self.windows[min(away, key=lambda id: self.windows[id].away_since)]

    def has_socket(self) -> bool:
        return any(window.sockets > 0 for window in self.windows.values())

    def _is_over(self) -> bool:
        return bool(self.entries) and (len(self.entries) >= MAX_ENTRIES or self.size >= MAX_BYTES)
