"""Settings for processes whose data expires within seconds."""

from tests.load.fleet.settings import *  # noqa: F403

RESUME_SECONDS = 4
HEARTBEAT_SECONDS = 2
