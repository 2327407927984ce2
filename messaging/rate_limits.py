"""How fast a person may do what, over all their windows."""

from messaging.backends import limit
from messaging.domain.rate_limit import Rate, RateLimit

MESSAGES = Rate(burst=100, per_second=10)
TYPING = Rate(burst=20, per_second=2)
SEARCHES = Rate(burst=40, per_second=5)
READS = Rate(burst=40, per_second=4)
# Any frame, and one more for every 1,000 characters. No page comes near it.
FRAMES = Rate(burst=4_000, per_second=400)
# Blocking and appearing offline, because each makes many windows query the database.
CHOICES = Rate(burst=20, per_second=0.5)
# Of one's own data, because that reads everything.
LOOKS = Rate(burst=6, per_second=0.2)
REPORTS = Rate(burst=5, per_second=5 / 3600)


def cost(event: dict) -> float:
    """Return what an ASGI event of a socket costs of FRAMES."""
    return 1 + len(event.get("text") or event.get("bytes") or "") / 1000


messages = limit("messages", MESSAGES)
typing = limit("typing", TYPING)
searches = limit("searches", SEARCHES)
reads = limit("reads", READS)
looks = limit("looks", LOOKS)
choices = limit("choices", CHOICES)
reports = limit("reports", REPORTS)
frames = RateLimit(FRAMES)  # in each process, because a flood must not reach Redis
ALL = (messages, typing, searches, reads, looks, choices, reports, frames)


def are_idle() -> bool:
    """Return whether nothing is counted in this process any more."""
    return not any(limit.paid_until for limit in ALL)
