"""Rate limits for each person, across all their windows."""

from messaging.backends import limit
from messaging.domain.rate_limit import Rate, RateLimit

MESSAGES = Rate(burst=100, per_second=10)
OFFERS = Rate(burst=10, per_second=1 / 6)  # messages with files
TYPING = Rate(burst=20, per_second=2)
SEARCHES = Rate(burst=40, per_second=5)
READS = Rate(burst=40, per_second=4)
# A frame costs 1, plus 1 for every 1,000 characters. No page comes near this limit.
FRAMES = Rate(burst=4_000, per_second=400)
# For blocking and appearing offline, because each makes many windows query the database.
CHOICES = Rate(burst=20, per_second=0.5)
# For the page of a user's own data, because it reads everything.
LOOKS = Rate(burst=6, per_second=0.2)
# For requests for a file, because each one is passed to all windows of the sender.
TRANSFERS = Rate(burst=30, per_second=1)
# For files that one person sends: 250 MB in 10 minutes.
MEGABYTES = Rate(burst=250, per_second=250 / 600)
REPORTS = Rate(burst=5, per_second=5 / 3600)

# Of push notifications: for one sender to one recipient, and for a recipient in all. Each of the
# latter two is for one of the pushes that an hour may have (messaging/push/trigger.py).
PUSH_PAUSES = Rate(burst=1, per_second=1 / 600)
PUSH_REPEATS = Rate(burst=1, per_second=1 / 3600)
PUSHES = Rate(burst=1, per_second=1 / 3600)


def cost(event: dict) -> float:
    """Return the cost of a socket's ASGI event, which counts towards FRAMES."""
    return 1 + len(event.get("text") or event.get("bytes") or "") / 1000


messages = limit("messages", MESSAGES)
offers = limit("offers", OFFERS)
typing = limit("typing", TYPING)
searches = limit("searches", SEARCHES)
reads = limit("reads", READS)
looks = limit("looks", LOOKS)
choices = limit("choices", CHOICES)
reports = limit("reports", REPORTS)
transfers = limit("transfers", TRANSFERS)
megabytes = limit("megabytes", MEGABYTES)
push_pauses = limit("push_pauses", PUSH_PAUSES)
push_repeats = limit("push_repeats", PUSH_REPEATS)
pushes = limit("pushes", PUSHES)
frames = RateLimit(FRAMES)  # per process, because a flood must not reach Redis
ALL = (
    messages,
    offers,
    typing,
    searches,
    reads,
    looks,
    choices,
    reports,
    transfers,
    megabytes,
    push_pauses,
    push_repeats,
    pushes,
    frames,
)


def are_idle() -> bool:
    """Return whether no limit counts anything in this process."""
    return not any(limit.paid_until for limit in ALL)
