"""The same for processes that forget soon: what should be gone at the end is gone within
seconds.
"""

from tests.load.fleet.settings import *  # noqa: F403

RESUME_SECONDS = 4
HEARTBEAT_SECONDS = 2
