"""Settings with the application that the long tests name."""

import os

from config.settings import *  # noqa: F403
from config.settings import ASGI_APPLICATION as PRODUCT

ASGI_APPLICATION = os.environ.get("APPLICATION", PRODUCT)
