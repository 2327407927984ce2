"""The product's settings with a faster heartbeat, where a page must not be away for too long."""

from config.settings import *  # noqa: F403

HEARTBEAT_SECONDS = 2
