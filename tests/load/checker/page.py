"""A page without a browser that records what its user would see."""

import asyncio
import re
import time
from typing import NamedTuple

from tests.load.checker.record import Event, Owner, Record
from tests.load.fleet.fleet import Fleet
from tests.load.fleet.outbox import Said
from tests.load.fleet.page import Page
from tests.support import frame_parser
from tests.support.people import Person

KEY = r"(\d+-[0-9a-f-]{36})"
# The id of a message's state ends with its version, if it was edited. Only own messages have one.
PATTERNS = {
    "shown": re.compile(rf'<li\s+class="message [^>]*?id="message-{KEY}"', re.DOTALL),
    "edited": re.compile(rf"innerHTML:#message-{KEY} > .message__body"),
    "own": re.compile(rf'id="state-{KEY}([\w-]*)">\s*<span\s+class="state state--(\w+)'),
    "state": re.compile(
        rf'innerHTML:(?:#outcome-[\w-]+,)?#state-{KEY}([\w-]*),#elsewhere">\s*'
        r'<span\s+class="state state--(\w+)"'
    ),
    "removed": re.compile(rf'hx-swap-oob="delete:#message-{KEY}'),
    "cleared": re.compile(re.escape(frame_parser.CLEARED)),
    "told": frame_parser.GAP,
}
AGAIN = {"waiting", "unknown"}  # such a message becomes the newest, as in outbox.js


class Change(NamedTuple):
    """`version` is the suffix that the state of an edited message has in its id."""

    kind: str
    message: str = ""
    version: str = ""
    state: str = ""


class RecordedPage(Page):
    """A page for one conversation. `states` has the last state of each message in it."""

    def __init__(self, fleet: Fleet, record: Record, person: Person, peer: Person) -> None:
        super().__init__(fleet, person, peer)
        self.record, self.peer = record, peer
        self.states: dict[str, str] = {}
        self.versions: dict[str, str] = {}
        self.is_noted = False
        record.owners[self.name] = Owner(person.id, peer.id)

    def note(self, kind: str, message: str = "", state: str = "") -> None:
        self.record.events.append(Event(time.monotonic(), self.name, kind, message, state))

    def begins(self) -> None:
        """Open without waiting for an answer."""
        self.task = asyncio.create_task(self._live(None))

    # What its user does

    def key(self, id: str) -> str:
        return f"{self.person.id}-{id}"

    def says_something(self, text: str) -> str:
        """Send a message, and return its id."""
        said = self.writes(text, to=self.peer)
        self.note("said", self.key(said.id))
        if not said.is_queued:
            self.note("offered", self.key(said.id))
        return said.id

    def takes_back(self, id: str) -> None:
        self.outbox.kept.pop(id, None)
        self.note("withdrawn", self.key(id))
        self.unsends(id, to=self.peer)

    def clears_all(self) -> None:
        for id in [key for key in self.states if key in self.shown]:
            self.note("withdrawn", id)
        self.clears(self.peer)

    def edits(self, key: str, text: str) -> None:
        self._changes("edit", key, id=key.partition("-")[2], text=text)

    def reacts(self, key: str) -> None:
        self._changes("react", key, message=key, reaction="👍")

    def _changes(self, kind: str, key: str, **fields: str) -> None:
        proof = self.proofs.get(key, "")
        self.sends(type=kind, conversation=str(self.peer.id), proof=proof, **fields)

    def _offer(self, said: Said) -> None:
        if said.id in self.outbox.kept and self.is_open:
            self.note("offered", self.key(said.id))
        super()._offer(said)

    # What it shows

    def hears(self, frame: str) -> None:
        if not self.is_noted:
            self.note("opened")
            self.is_noted = True
        for change in changes(frame):
            self._shows(change)
        super().hears(frame)

    def _shows(self, change: Change) -> None:
        key = change.message
        match change.kind:
            case "shown" if self.states.get(key) in AGAIN:
                del self.states[key]
                self.note("removed", key)
                self._appends(key)
            case "shown" if key not in self.states:  # else as in fragments.js
                self._appends(key)
            case "own" if key in self.states and not self.states[key]:
                self._is(change)
            case "edited" if key in self.states:
                self.states[key] = ""  # which comes with the edit
            case "state" if self.versions.get(key, "") == change.version and key in self.states:
                self._is(change)
            case "removed":
                self.states.pop(key, None)
                self.note("removed", key)
            case "cleared":
                self.states.clear()
                self.note("cleared")
            case "told":
                self.note("told")

    def _appends(self, key: str) -> None:
        self.states[key] = self.versions[key] = ""
        self.note("shown", key)

    def _is(self, change: Change) -> None:
        key = change.message
        self.states[key], self.versions[key] = change.state, change.version
        self.note("state", key, change.state)


def changes(frame: str) -> list[Change]:
    """Return what a frame changes in a transcript, in the order in which a page inserts it."""
    found = [
        (match.start(), Change(kind, *match.groups("")))
        for kind, pattern in PATTERNS.items()
        for match in pattern.finditer(frame)
    ]
    return [change for _, change in sorted(found)]
