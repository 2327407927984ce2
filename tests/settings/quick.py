"""Settings with a faster background task."""

from config.settings import *  # noqa: F403

HEARTBEAT_SECONDS = 2
RESUME_SECONDS = 9
