"""The product's settings with a faster background task, so that a journey through a fault takes
seconds.
"""

from config.settings import *  # noqa: F403

HEARTBEAT_SECONDS = 2
RESUME_SECONDS = 9
