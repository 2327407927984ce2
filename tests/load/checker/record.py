"""What happened in every window of a run, in the order in which it happened."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple


class Event(NamedTuple):
    """`kind` is "opened", "said", "offered", "shown", "removed", "cleared", "state", "told" of lost
    messages, or "withdrawn" (the user unsends a message; without one, clears the conversation).
    """

    at: float
    window: str
    kind: str
    message: str = ""  # its key, which begins with the id of its sender
    state: str = ""


class Owner(NamedTuple):
    person: int
    peer: int


@dataclass
class Record:
    """`resume` is RESUME_SECONDS. `closed` has the windows that were not open at the end."""

    resume: float
    owners: dict[str, Owner] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)

    def of(self, *kinds: str) -> list[Event]:
        return [event for event in self.events if event.kind in kinds]

    def conversation(self, window: str) -> frozenset[int]:
        return frozenset(self.owners[window])

    def is_own(self, event: Event) -> bool:
        return sender(event.message) == self.owners[event.window].person

    def transcripts(self) -> dict[str, dict[str, str]]:
        """Return the messages in each window at the end, in order, with their states."""
        found: dict[str, dict[str, str]] = {window: {} for window in self.owners}
        for event in self.events:
            transcript = found[event.window]
            if event.kind == "cleared":
                transcript.clear()
            elif event.kind == "removed":
                transcript.pop(event.message, None)
            elif event.kind == "shown" or event.message in transcript:
                transcript[event.message] = event.state
        return found

    def by_conversation(self) -> dict[frozenset[int], list[str]]:
        windows = defaultdict(list)
        for window in self.owners:
            windows[self.conversation(window)].append(window)
        return windows


def sender(key: str) -> int:
    return int(key.partition("-")[0])
