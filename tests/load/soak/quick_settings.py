"""The product's settings with a short memory: a round of windows is forgotten in seconds."""

from tests.load.soak.settings import *  # noqa: F403

RESUME_SECONDS = 3
