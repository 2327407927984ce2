"""The clearings whose progress is still being reported."""

from messaging.backends.memory.inbox import Window
from messaging.backends.memory.inboxes import Inboxes
from messaging.domain.clearing import Clearing, Progress
from messaging.domain.conversations import Conversation


class Clearings:
    def __init__(self, inboxes: Inboxes) -> None:
        self.inboxes = inboxes
        self.under_way: dict[str, Clearing] = {}  # by id

    def begin(
        self, clearing_id: str, by: int, conversation: Conversation, *, is_counted: bool
    ) -> Clearing:
        """Return a new clearing, which the newest entries of all participants announce."""
        inboxes = {person.id: self.inboxes[person.id] for person in conversation.participants}
        numbers = {owner: inbox.newest for owner, inbox in inboxes.items()}
        windows = {owner: frozenset(inbox.windows) for owner, inbox in inboxes.items()}
        clearing = Clearing(clearing_id, by, conversation, numbers, windows)
        if is_counted:
            self.under_way[clearing_id] = clearing
        return clearing

    def progress(self, clearing: Clearing) -> Progress:
        counts = {"cleared": 0, "open": 0, "away": 0, "gone": 0}
        for owner, windows in clearing.windows.items():
            inbox = self.inboxes.get(owner)
            is_forgotten = inbox is None or inbox.forgotten >= clearing.numbers[owner]
            for window_id in windows:
                window = None if inbox is None or is_forgotten else inbox.windows.get(window_id)
                counts[_stage(clearing, window_id, window, clearing.numbers[owner])] += 1
        return Progress(**counts)

    def settle(self) -> list[Clearing]:
        """Remove and return the clearings that no longer wait for a window."""
        settled = [each for each in self.under_way.values() if self.progress(each).is_settled]
        for clearing in settled:
            del self.under_way[clearing.id]
        return settled

    def uncount(self, person_id: int) -> None:
        """Remove the clearings by others that include this person's windows."""
        self.under_way = {
            id: each
            for id, each in self.under_way.items()
            if each.by == person_id or person_id not in each.numbers
        }

    def drop(self, conversation: Conversation) -> None:
        """Remove the clearings of a conversation."""
        self.under_way = {
            id: each
            for id, each in self.under_way.items()
            if each.conversation.key != conversation.key
        }

    def count(self, person_id: int) -> int:
        return sum(person_id in clearing.windows for clearing in self.under_way.values())


def _stage(clearing: Clearing, window_id: str, window: Window | None, number: int) -> str:
    """Return the field of Progress that counts this window. If its cursor passed the entry without
    showing it, the window will never show it.
    """
    if window_id in clearing.done:
        return "cleared"
    if window is None or window.cursor >= number:
        return "gone"
    return "open" if window.sockets > 0 else "away"
