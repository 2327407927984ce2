"""The product's settings for several workers, of which each keeps to itself what it holds: no two people meet here."""

from config.settings import *  # noqa: F403

REDIS_URL = "redis://nobody.invalid"  # nothing is to be asked of it
