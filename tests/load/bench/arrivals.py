"""Count what the windows receive: messages, latencies and frames."""

import time
from collections import Counter
from collections.abc import Callable

from tests.load.bench import page
from tests.load.bench.window import Window


class Tally:
    """Latencies are in seconds from the scheduled moment to the recipient, sizes in bytes."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.sizes: dict[str, int] = {}
        self.waiting: dict[int, tuple[float, Window]] = {}
        self.latencies: list[float] = []
        self.beat_at = self.last_beat_at = 0.0
        self.on_arrival: Callable[[], None] = lambda: None

    def expect(self, number: int, recipient: Window, intended_at: float) -> None:
        self.counts["sent"] += 1
        self.waiting[number] = intended_at, recipient

    def note(self, window: Window, payload: bytes, now: float) -> None:
        self.counts["frames"] += 1
        numbers = page.numbers(payload)
        for number in numbers:
            self._arrived(window, number, now, len(payload))
        if told := payload.count(page.TOLD):
            self.counts["told"] += told
            self.sizes.setdefault("told", len(payload))
        if not numbers and page.BEAT in payload:
            self.counts["beats"] += 1
            self._beaten(window, len(payload), now)

    def heard(self) -> int:
        """Return the number of frames with messages."""
        return self.counts["frames"] - self.counts["beats"]

    def _arrived(self, window: Window, number: int, now: float, size: int) -> None:
        intended_at, recipient = self.waiting.get(number, (0.0, None))
        if recipient is not window:
            # The sender's own copy, or a duplicate, which the totals would reveal.
            self.counts["own"] += 1
            self.sizes.setdefault("own", size)
            return
        del self.waiting[number]
        self.counts["delivered"] += 1
        self.sizes.setdefault("theirs", size)
        self.latencies.append(now - intended_at)
        self.on_arrival()

    def _beaten(self, window: Window, size: int, now: float) -> None:
        if not window.is_open:  # the answer to its hello
            window.is_open = True
            self.counts["opened"] += 1
            self.sizes.setdefault("beat", size)
        else:
            self.beat_at = now if now - self.last_beat_at > 2 else self.beat_at  # the first one
            self.last_beat_at = now

    @property
    def beats_are_spread(self) -> bool:
        """Return whether heartbeats are spread over time."""
        return self.last_beat_at - self.beat_at > 5

    def percentiles(self) -> dict[str, float]:
        """Return milliseconds. A message that is still missing counts as late as it is now."""
        now = time.perf_counter()
        every = sorted([*self.latencies, *(now - moment for moment, _ in self.waiting.values())])
        return {
            f"p{share}": 1000 * every[min(len(every) - 1, len(every) * share // 100)]
            for share in (50, 95, 99)
        }
