"""The product's settings with a few addresses at which something goes wrong, so that a real server
can be asked.
"""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.settings.faulty_urls"
