"""The product's settings with a real Redis and a real PostgreSQL, for the tests that open windows:
`DJANGO_SETTINGS_MODULE=tests.settings.shared python -m pytest tests/messaging tests/accounts`.

Each test process has its own Redis, because publish/subscribe ignores database numbers. All share a
PostgreSQL. Servers that tests start inherit the environment and use the same stores.
"""

import atexit
import os

from tests.support.stores import Postgres, Redis

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "the only one")

if os.environ.get("REDIS_OF") != WORKER:
    _redis = Redis().start()
    atexit.register(_redis.close)
    os.environ |= {
        "REDIS_OF": WORKER,
        "REDIS_URL": _redis.url,
        "MAILBOX_KEY": "for tests only, but as long as a key is",
    }
if "POSTGRES_OF_TESTS" not in os.environ:
    _postgres = Postgres().start()
    atexit.register(_postgres.close)
    os.environ |= {"POSTGRES_OF_TESTS": _postgres.url, "DATABASE_URL": _postgres.url}

from config.settings import *  # noqa: E402, F403
