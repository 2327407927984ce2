"""Pages without a browser that show each entry once and in order, and keep their cursor."""

from collections import deque

from messaging.domain.conversations import Person
from messaging.domain.mailbox_results import Entry, Resumption
from messaging.domain.messages import Message


class Page:
    """One open page. `number` is the last entry shown, or None before the first."""

    def __init__(self, person: Person, name: str) -> None:
        self.person, self.name = person, name
        self.cursor, self.sent = "", 0
        self.epoch = ""  # of the current inbox
        self.number: int | None = None
        self.wire: deque = deque()  # what the server has sent and the page has not received
        self.sockets = 0  # as seen by the server, which detects dead ones late
        self.is_connected = False
        self.left_at = self.cursor_at = 0.0
        self.states: dict[str, str] = {}  # of this page's messages: sending, delivered, expired ...
        self.shown: list[str] = []

    def connects(self, arrival: Resumption) -> None:
        self.is_connected, self.sockets, self.sent = True, self.sockets + 1, arrival.number
        self.epoch = arrival.epoch
        if arrival.is_new_inbox or arrival.has_gap:
            self.number = None

    def loses_the_wire(self, now: float) -> None:
        self.wire.clear()
        self.left_at = now if self.is_connected else self.left_at
        self.is_connected = False

    def receives(self, now: float) -> None:
        has_gap, entries, cursor = self.wire.popleft()
        self.number = None if has_gap else self.number
        for entry in entries:
            self.shows(entry)
        self.cursor, self.cursor_at = cursor, now

    def shows(self, entry: Entry) -> None:
        assert self.number in {None, entry.number - 1}, "a gap or the wrong order, and nothing said"
        self.number = entry.number
        state, _, id = entry.draft.event.name.partition(":")
        if id in self.states:
            self.states[id] = state if state != "posted" else self.states[id]
        self.shown.append(entry.draft.event.name)


class Posting:
    """A message accepted by the server, and its final state."""

    def __init__(self, message: Message, now: float) -> None:
        self.message, self.posted_at, self.outcome = message, now, ""

    def ends(self, outcome: str) -> None:
        assert not self.outcome, f"told to be {outcome} after it was {self.outcome}"
        self.outcome = outcome
