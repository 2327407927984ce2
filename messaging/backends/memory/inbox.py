"""The box of one person: its entries, the windows that show them, and the messages that its owner
has sent.
"""

import secrets
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice

from messaging.domain import mailbox_limits
from messaging.domain.events import LEFT_OUT, Draft
from messaging.domain.mailbox_limits import OF_THE_OWNER
from messaging.domain.mailbox_results import Entry, read_cursor
from messaging.domain.messages import Message

BIRTH = 8  # letters at the beginning of an epoch: they name the memory in which its box was made


def is_of(birth: str, cursor: str) -> bool:
    """Whether a cursor was given out by the memory of this name."""
    return cursor[:BIRTH] == birth


@dataclass(slots=True)
class Accepted:
    """A message that a page has named: what it was and what became of it, for when its page asks
    again.
    """

    recipient: int
    digest: bytes
    posted_at: datetime
    expires: float
    is_delivered: bool = False
    is_expired: bool = False  # nobody has shown it in time: its page may offer it again
    is_withdrawn: bool = False  # taken back or cleared: nobody may


@dataclass(slots=True)
class Share:
    """What one person has put into a box and is still there."""

    entries: int = 0
    size: int = 0


@dataclass(slots=True)
class Window:
    """One open page of a person: what it has shown, how many sockets it holds, and since when it
    holds none.
    """

    cursor: int
    sockets: int = 0
    away_since: float = 0.0


@dataclass(slots=True)
class Inbox:
    epoch: str = field(default_factory=lambda: secrets.token_urlsafe(6))
    newest: int = 0
    confirmed: int = 0  # the highest number that any window has shown
    forgotten: int = 0  # the highest number that is no longer here
    size: int = 0  # in bytes
    entries: deque[Entry] = field(default_factory=deque)
    windows: dict[str, Window] = field(default_factory=dict)
    accepted: dict[str, Accepted] = field(default_factory=dict)
    shares: dict[int, Share] = field(default_factory=dict)

    @property
    def beginning(self) -> int:
        """Behind what a fresh page is given all: what no window has shown."""
        return max(self.confirmed, self.forgotten)

    def append(self, draft: Draft, expires: float) -> None:
        self.is_full()
        self.newest += 1
        entry = Entry(self.newest, draft, expires, draft.size, draft.by)
        self._count(entry, 1)
        self.entries.append(entry)

    def append_note(self, draft: Draft, expires: float) -> None:
        """Append what is no message. For what the owner has caused there may be no room: it cannot
        be refused, and may push nothing out. In its place, once, the page is told to ask for what
        it does not know.

        What the peer has caused is left out where no window could show it: if it piled up, the next
        one would take longer, and so tell whether somebody is there.
        """
        if draft.is_peers and not self.windows:
            return
        if draft.is_peers or not self.has_whole_share(draft.owner, OF_THE_OWNER):
            self.append(draft, expires)
        elif self.entries[-1].draft.event != LEFT_OUT:
            self.append(draft._replace(event=LEFT_OUT, clearing=""), expires)

    def forget_first(self) -> None:
        entry = self.entries.popleft()
        self._count(entry, -1)
        self.forgotten = entry.number

    def forget_expired(self, now: float) -> list[Message]:
        """Forget what is too old. Return the messages that no window has shown: nothing else makes
        the box lose any.
        """
        unshown: list[Message] = []
        while self.entries and self.entries[0].expires <= now:
            entry = self.entries[0]
            if entry.number > self.confirmed and entry.draft.incoming:
                unshown.append(entry.draft.incoming)
            self.forget_first()
        return unshown

    def forget_shown(self) -> None:
        everywhere = self.confirmed
        for window in self.windows.values():
            everywhere = min(everywhere, window.cursor)
        while self.entries and self.entries[0].number <= everywhere:
            self.forget_first()

    def fetch(self, number: int) -> list[Entry]:
        """The entries behind this one. Their numbers have no holes: how many there are is a
        subtraction.
        """
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
                self._count(entry, -1)
                self.entries[place] = entry._replace(draft=entry.draft.emptied(), size=0, by=0)

    def holds(self, is_meant: Callable[[Message], bool]) -> bool:
        """Return whether such a message waits here."""
        return any(is_meant(entry.draft.message) for entry in self.entries if entry.draft.message)

    def is_full(self, times: int = 1) -> bool:
        """Return whether there is no room, or none in a box so many times as large."""
        return self._remains(partial(self._is_over, times))

    def has_whole_share(self, by: int, parts: int) -> bool:
        """Return whether so much is here of one person that no more is taken: one of so many parts
        of the box.
        """
        return by in self.shares and self._remains(partial(self._is_share_over, by, parts))

    def _remains(self, is_over: Callable[[], bool]) -> bool:
        """Return whether it is so even after what some window has shown has made room. What none
        has shown stays.
        """
        while is_over():
            if not self.entries or self.entries[0].number > self.confirmed:
                return True
            self.forget_first()
        return False

    def _is_over(self, times: int) -> bool:
        return (
            len(self.entries) >= times * mailbox_limits.MAX_ENTRIES
            or self.size >= times * mailbox_limits.MAX_BYTES
        )

    def _is_share_over(self, by: int, parts: int) -> bool:
        share = self.shares.get(by)
        return share is not None and (
            share.entries >= mailbox_limits.MAX_ENTRIES // parts
            or share.size >= mailbox_limits.MAX_BYTES // parts
        )

    def _count(self, entry: Entry, sign: int) -> None:
        size = sign * entry.size
        self.size += size
        if not entry.by:
            return
        share = self.shares.get(entry.by)
        if share is None:
            self.shares[entry.by] = Share(sign, size)
        elif share.entries == 1 and sign < 0:
            del self.shares[entry.by]
        else:
            share.entries += sign
            share.size += size

    def number_in(self, cursor: str) -> int | None:
        """The number in a cursor of this box; None for a fresh page's "", and for a cursor of
        another box.
        """
        epoch, number = read_cursor(cursor) or ("", 0)
        return number if epoch == self.epoch and number <= self.newest else None

    def make_room(self) -> None:
        """For one more window: a page chooses its own name, and could fill the memory with windows
        that are gone.
        """
        away = [id for id, window in self.windows.items() if window.sockets <= 0]
        if len(self.windows) >= mailbox_limits.MAX_WINDOWS and away:
            del self.windows[min(away, key=lambda id: self.windows[id].away_since)]

    def has_socket(self) -> bool:
        return any(window.sockets > 0 for window in self.windows.values())
