"""Settings with a faster heartbeat."""

from config.settings import *  # noqa: F403

HEARTBEAT_SECONDS = 2
