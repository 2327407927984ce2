"""Settings in which windows are forgotten within seconds."""

from tests.load.soak.settings import *  # noqa: F403

RESUME_SECONDS = 3
