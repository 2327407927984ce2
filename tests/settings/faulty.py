"""Settings with URLs that fail, for a real server."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.settings.faulty_urls"
