"""The product's settings, with limits that one machine playing a thousand people does not run into."""

from config.settings import *  # noqa: F403
from messaging import limits

# The check itself stays, and is paid for: what changes is how much it allows.
for limit in (limits.messages, limits.searches, limits.frames):
    limit.pace = limits.Pace(burst=10**9, per_second=10**6)
