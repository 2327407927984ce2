"""What a page without a browser shows, like static/js/connection/fragments.js and htmx."""

import time
from collections import Counter

from tests.support import frame_parser
from tests.support.people import Person


class Screen:
    """`shown` is the transcript: the key of each message and its text; `proofs` has its token.
    `arrived` has the id of each message, twice for a duplicate. Times are monotonic.
    """

    def __init__(self) -> None:
        self.shown: dict[str, str] = {}
        self.shown_at: dict[str, float] = {}
        self.proofs: dict[str, str] = {}
        self.arrived: list[str] = []
        self.delivered: Counter[str] = Counter()
        self.refused: list[str] = []
        self.gaps: list[str] = []
        self.notices: list[str] = []
        self.presence: list[tuple[float, str, int]] = []

    def draws(self, frame: str) -> list[str]:
        """Process a frame. Return the ids of its messages."""
        _, is_cleared, rest = frame.rpartition(frame_parser.CLEARED)
        if is_cleared:
            self.shown.clear()
        now, messages = time.monotonic(), frame_parser.MESSAGE.findall(rest)
        for key, text in messages:
            if key not in self.shown:
                self.shown[key], self.shown_at[key] = text, now
        self.proofs |= dict(frame_parser.PROOF.findall(rest))
        ids = [key.partition("-")[2] for key, _ in messages]
        self.arrived += ids
        for key in frame_parser.UNSENT.findall(frame):
            self.shown.pop(key, None)
        self.gaps += frame_parser.GAP.findall(frame)
        self.notices += frame_parser.NOTICE.findall(frame)
        states = frame_parser.states(frame)
        self.delivered.update(state.id for state in states if state.name == "delivered")
        self.refused += frame_parser.REFUSED.findall(frame)
        self.presence += [(now, *change) for change in frame_parser.presence(frame)]
        return ids

    def heard_of(self, person: Person) -> list[str]:
        return [text for key, text in self.shown.items() if key.startswith(f"{person.id}-")]

    def online(self) -> set[int]:
        """Return everyone who was last reported as online."""
        return {id for _, state, id in self.presence if state == "online"}

    def told(self, person: Person) -> list[str]:
        return [state for _, state, id in self.presence if id == person.id]
