"""Settings for several processes, with limits for hundreds of people on one machine."""

from tests.load.bench.settings import *  # noqa: F403
