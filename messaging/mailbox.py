"""What waits in memory, for seconds, until a window says that it has shown it. The home for one process.

Each person who has a window has a box: a run of entries, numbered from 1. A window keeps a cursor (its box's epoch and
the number of the last entry that it has shown) and presents it whenever it connects. An entry is forgotten once every
window has shown it, or when it is RESUME_SECONDS old. Nothing outlives the process, and a box not even its windows:
the next one has another epoch, so that a window which comes back to it knows that it has missed something.
"""

import hashlib
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from messaging.conversations import Message, Person, Refused

MAX_ENTRIES = 5_000
MAX_CHARACTERS = 8_000_000


@dataclass(frozen=True, slots=True)
class Draft:
    """A fragment for the box of `owner`; `peer` is the other participant, `message` what it brings, if anything."""

    owner: int
    peer: Person
    html: str
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    number: int
    draft: Draft
    expires: float


@dataclass(slots=True)
class Window:
    """One open page of a person: what it has shown, how many sockets it holds, and since when it holds none."""

    cursor: int
    sockets: int = 1
    away_since: float = 0.0


@dataclass(slots=True)
class Box:
    epoch: str = field(default_factory=lambda: secrets.token_urlsafe(6))
    newest: int = 0
    confirmed: int = 0  # the highest number that any window has shown
    forgotten: int = 0  # the highest number that is no longer here
    characters: int = 0
    entries: deque[Entry] = field(default_factory=deque)
    windows: dict[str, Window] = field(default_factory=dict)
    accepted: dict[str, tuple[bytes, datetime, float]] = field(default_factory=dict)

    def forget_first(self) -> Entry:
        entry = self.entries.popleft()
        self.characters -= len(entry.draft.html)
        self.forgotten = entry.number
        return entry

    def forget_shown(self) -> None:
        everywhere = min((window.cursor for window in self.windows.values()), default=self.confirmed)
        while self.entries and self.entries[0].number <= min(everywhere, self.confirmed):
            self.forget_first()

    def is_full(self) -> bool:
        """Whether there is no room, after what some window has shown has made room for what none has."""
        while self.entries and self.entries[0].number <= self.confirmed and self._is_over():
            self.forget_first()
        return self._is_over()

    def _is_over(self) -> bool:
        return len(self.entries) >= MAX_ENTRIES or self.characters >= MAX_CHARACTERS


class Mailbox:
    """Everybody's boxes. The methods are coroutines because the other home of the same interface is across a wire."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self.clock = clock
        self.boxes: dict[int, Box] = {}

    async def attach(self, person_id: int, window_id: str, cursor: str) -> tuple[int, bool]:
        """A window connects with the cursor that its page holds, "" for a fresh page.

        Returns the number after which it wants entries, and whether it has missed some that are gone.
        """
        box = self.boxes.setdefault(person_id, Box())
        epoch, _, number = cursor.rpartition(".")
        known = epoch == box.epoch and number.isascii() and number.isdigit() and int(number) <= box.newest
        # A fresh page is given what no window has shown yet; so is one whose box is gone.
        start = int(number) if known else box.confirmed
        window = box.windows.get(window_id)
        if window:
            window.sockets += 1
            window.cursor = max(window.cursor, start)
        else:
            box.windows[window_id] = Window(start)
        return start, bool(cursor) and (not known or start < box.forgotten)

    async def detach(self, person_id: int, window_id: str) -> None:
        """One of a window's sockets is gone; the window itself may come back within RESUME_SECONDS."""
        box = self.boxes.get(person_id)
        window = box.windows.get(window_id) if box else None
        if window:
            window.sockets -= 1
            window.away_since = self.clock()

    async def is_reachable(self, person_id: int) -> bool:
        """Whether the person has a window, or had one so lately that it may still come back."""
        now = self.clock()
        box = self.boxes.get(person_id)
        return box is not None and any(not self._is_lost(window, now) for window in box.windows.values())

    async def accept(self, message: Message) -> datetime | None:
        """Takes note of a message that its sender's page names; None if it is new.

        The same message again (its page could not know that it had arrived) returns the time it was first accepted;
        another text under the same name is Refused, and so is a message for which there is no room.
        """
        if self._box(message.recipient.id).is_full():
            raise Refused("too much is waiting at the other end. Try again in a moment.", message.id)
        box = self._box(message.sender.id)
        digest = hashlib.sha256(f"{message.recipient.id} {message.text}".encode()).digest()
        known = box.accepted.setdefault(message.id, (digest, message.posted_at, self.clock() + 2 * self.seconds))
        if known[0] != digest:
            raise Refused("another message was sent under the same name. Reload the page.", message.id)
        return None if known[1] is message.posted_at else known[1]

    async def post(self, drafts: Iterable[Draft]) -> None:
        """Puts each draft into its owner's box, all before anything else is put anywhere: one order for everybody."""
        expires = self.clock() + self.seconds
        for draft in drafts:
            box = self._box(draft.owner)
            box.newest += 1
            box.characters += len(draft.html)
            box.entries.append(Entry(box.newest, draft, expires))

    async def after(self, person_id: int, number: int) -> list[Entry]:
        """The entries behind `number`, in order."""
        box = self.boxes.get(person_id)
        if not box or number >= box.newest:
            return []
        return [entry for entry in box.entries if entry.number > number]

    def cursor(self, person_id: int, number: int) -> str:
        """What the page holds on to, and presents when it comes back."""
        return f"{self._box(person_id).epoch}.{number}"

    async def confirm(self, person_id: int, window_id: str, cursor: str) -> list[Message]:
        """A window has shown everything up to `cursor`. Returns the messages that no window had shown before."""
        box = self.boxes.get(person_id)
        epoch, _, digits = cursor.rpartition(".")
        if not box or epoch != box.epoch or window_id not in box.windows or not (digits.isascii() and digits.isdigit()):
            return []
        number = min(int(digits), box.newest)
        window = box.windows[window_id]
        window.cursor = max(window.cursor, number)
        news = [entry.draft.message for entry in box.entries if box.confirmed < entry.number <= number]
        box.confirmed = max(box.confirmed, number)
        box.forget_shown()
        return [message for message in news if message and message.recipient.id == person_id]

    async def sweep(self) -> list[Message]:
        """Forgets what is too old. Returns the messages that no window has shown in time: they were not delivered."""
        now = self.clock()
        lost: list[Message] = []
        for person_id, box in list(self.boxes.items()):
            while box.entries and box.entries[0].expires <= now:
                entry = box.forget_first()
                message = entry.draft.message
                if message and entry.number > box.confirmed and message.recipient.id == person_id:
                    lost.append(message)
            gone = [window_id for window_id, window in box.windows.items() if self._is_lost(window, now)]
            for window_id in gone:
                del box.windows[window_id]
            box.forget_shown()
            for message_id in [key for key, (_, _, expires) in box.accepted.items() if expires <= now]:
                del box.accepted[message_id]
            if not (box.windows or box.entries or box.accepted):
                del self.boxes[person_id]
        for message in lost:  # so that the writer may try again under the same name
            self._box(message.sender.id).accepted.pop(message.id, None)
        return lost

    def _box(self, person_id: int) -> Box:
        return self.boxes.setdefault(person_id, Box())

    def _is_lost(self, window: Window, now: float) -> bool:
        return window.sockets <= 0 and now - window.away_since >= self.seconds


mailbox = Mailbox(settings.RESUME_SECONDS)
