"""The entries of one inbox, and how much space each person's entries take."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from messaging.domain import mailbox_limits
from messaging.domain.events import Draft
from messaging.domain.mailbox_results import Entry
from messaging.domain.messages import Message


@dataclass(slots=True)
class Share:
    """The number and bytes of the entries in a queue that one person has caused."""

    entries: int = 0
    size: int = 0


@dataclass(slots=True)
class EntryQueue:
    """A bounded queue of entries, numbered from 1 without gaps."""

    newest: int = 0
    confirmed: int = 0  # the highest number that any window has shown
    forgotten: int = 0  # the highest number that was removed
    size: int = 0  # in bytes
    entries: deque[Entry] = field(default_factory=deque)
    shares: dict[int, Share] = field(default_factory=dict)

    def append(self, draft: Draft, expires: float) -> None:
        self.is_full()  # make room
        self.newest += 1
        entry = Entry(self.newest, draft, expires, draft.size, draft.by)
        self._count(entry, 1)
        self.entries.append(entry)

    def forget_first(self) -> None:
        entry = self.entries.popleft()
        self._count(entry, -1)
        self.forgotten = entry.number

    def forget_expired(self, now: float) -> list[Message]:
        """Remove expired entries. Return the messages that no window has shown. An inbox loses
        messages in no other way.
        """
        unshown: list[Message] = []
        while self.entries and self.entries[0].expires <= now:
            entry = self.entries[0]
            if entry.number > self.confirmed and entry.draft.incoming:
                unshown.append(entry.draft.incoming)
            self.forget_first()
        return unshown

    def after(self, number: int) -> list[Entry]:
        count = min(self.newest - number, len(self.entries))
        return [self.entries[-place] for place in range(count, 0, -1)]

    def between(self, low: int, high: int) -> Iterable[Entry]:
        """Return the entries after `low`, up to `high`."""
        removed = self.newest - len(self.entries)
        return islice(self.entries, max(0, low - removed), max(0, high - removed))

    def withdraw(self, is_meant: Callable[[Message], bool]) -> None:
        """Empty the entries of these messages. They keep their numbers, so that there is no gap."""
        for place, entry in enumerate(self.entries):
            if entry.draft.message and is_meant(entry.draft.message):
                self._count(entry, -1)
                self.entries[place] = entry._replace(draft=entry.draft.emptied(), size=0, by=0)

    def holds(self, is_meant: Callable[[Message], bool]) -> bool:
        """Return whether such a message is waiting in this queue."""
        return any(is_meant(entry.draft.message) for entry in self.entries if entry.draft.message)

    def is_full(self, times: int = 1) -> bool:
        """Return whether there would be no room even if the limits were multiplied by `times`."""
        return self._remains(partial(self._is_over, times))

    def has_whole_share(self, by: int, parts: int) -> bool:
        """Return whether entries caused by this person fill their share, 1 / `parts` of a queue."""
        return by in self.shares and self._remains(partial(self._is_share_over, by, parts))

    def _remains(self, is_over: Callable[[], bool]) -> bool:
        """Remove entries that any window has shown to make room. Return whether the queue is still
        full.
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
