"""What a person may do how fast, over all windows together."""

from messaging.backends import limit
from messaging.domain.rate_limit import Rate, RateLimit

MESSAGES = Rate(burst=100, per_second=10)
TYPING = Rate(burst=20, per_second=2)
SEARCHES = Rate(burst=40, per_second=5)
READS = Rate(burst=40, per_second=4)
FRAMES = Rate(
    burst=4_000, per_second=400
)  # of anything; one more for every 1,000 characters. No page comes near it.
CHOICES = Rate(
    burst=20, per_second=0.5
)  # about others and oneself: each makes many windows ask the database
LOOKS = Rate(
    burst=6, per_second=0.2
)  # at what is known about oneself, which takes a look at everything
REPORTS = Rate(burst=5, per_second=5 / 3600)


def cost(event: dict) -> float:
    """What an event of a socket counts for among FRAMES."""
    return 1 + len(event.get("text") or event.get("bytes") or "") / 1000


messages = limit("messages", MESSAGES)
typing = limit("typing", TYPING)
searches = limit("searches", SEARCHES)
reads = limit("reads", READS)
looks = limit("looks", LOOKS)
choices = limit("choices", CHOICES)
reports = limit("reports", REPORTS)
frames = RateLimit(FRAMES)  # each process for itself: a flood must not reach anything else
ALL = (messages, typing, searches, reads, looks, choices, reports, frames)


def are_idle() -> bool:
    """Whether nothing is counted here any more."""
    return not any(limit.paid_until for limit in ALL)
