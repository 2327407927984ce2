"""The counters of this process."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from messaging.domain.messages import Refused

# Upper bounds of the buckets in `lag_counts`: the seconds by which the event loop woke up late.
LAG_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
# Reasons for refusals, grouped by what the sender can do about them.
REASONS = ("away", "pace", "message", "frame", "fault")

PUSH_RESULTS = ("sent", "gone", "refused", "failed", "dropped")


@dataclass(slots=True)
class Counts:
    posted: int = 0
    delivered: int = 0
    expired: int = 0  # not shown by any window in time
    resumed: int = 0  # windows that reconnected
    passed_over: int = 0  # fragments not sent to a page that was too far behind
    unreadable_addresses: int = 0  # X-Forwarded-For headers of a trusted proxy
    pushes: Counter[str] = field(default_factory=Counter)  # by result
    refused: Counter[str] = field(default_factory=Counter)
    lag_counts: list[int] = field(default_factory=lambda: [0] * (len(LAG_BUCKETS) + 1))
    lag_total: float = 0.0  # seconds

    def refuse(self, refusal: Refused) -> None:
        self.refused[_reason(refusal)] += 1

    def record_lag(self, lag: float) -> None:
        """Count a wake-up of the event loop that was `lag` seconds late."""
        self.lag_counts[bisect_left(LAG_BUCKETS, lag)] += 1
        self.lag_total += lag


def _reason(refusal: Refused) -> str:
    if refusal.is_waiting:
        return "away"
    if refusal.seconds:
        return "pace"
    return "message" if refusal.message else "frame"


counts = Counts()
