"""The clearings of which somebody is still told how far they have come."""

from messaging.backends.memory.inbox import Inbox, Window
from messaging.domain.clearing import Clearing, Progress


class Clearings:
    """Those of everybody, by id, and how far they have come in these boxes."""

    def __init__(self, inboxes: dict[int, Inbox]) -> None:
        self.inboxes = inboxes
        self.under_way: dict[str, Clearing] = {}

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
        """Forget those for which no window is left to wait for, and return them: they are told once
        more.
        """
        settled = [each for each in self.under_way.values() if self.progress(each).is_settled]
        for clearing in settled:
            del self.under_way[clearing.id]
        return settled

    def uncount(self, person_id: int) -> None:
        """Forget those of others in the windows of a person."""
        self.under_way = {
            id: each
            for id, each in self.under_way.items()
            if each.by.id == person_id or person_id not in each.numbers
        }

    def drop(self, pair: set[int]) -> None:
        """Forget those of the conversation of these two."""
        self.under_way = {
            id: each for id, each in self.under_way.items() if each.numbers.keys() != pair
        }


def _stage(clearing: Clearing, window_id: str, window: Window | None, number: int) -> str:
    """How far a window has come. One that has passed by the entry without showing it has missed it
    for good.
    """
    if window_id in clearing.done:
        return "cleared"
    if window is None or window.cursor >= number:
        return "gone"
    return "open" if window.sockets > 0 else "away"
