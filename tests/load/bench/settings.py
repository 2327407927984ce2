"""Settings with limits for a thousand people on one machine. `APPLICATION` replaces the product."""

import os

from django.apps import AppConfig

from config.settings import *  # noqa: F403
from config.settings import ASGI_APPLICATION as PRODUCT
from config.settings import INSTALLED_APPS

ASGI_APPLICATION = os.environ.get("APPLICATION", PRODUCT)
INSTALLED_APPS = [*INSTALLED_APPS, "tests.load.bench.settings.Patient"]


class Patient(AppConfig):
    name = "tests.load.bench"

    def ready(self) -> None:
        from messaging import rate_limits
        from messaging.consumers import registry
        from messaging.domain.rate_limit import Rate
        from messaging.files import registry as files

        # Rate limits are raised, not removed, so that their cost is measured too.
        for limit in (
            rate_limits.messages,
            rate_limits.searches,
            rate_limits.frames,
            rate_limits.transfers,
            rate_limits.megabytes,
        ):
            limit.rate = Rate(burst=10**9, per_second=10**6)
        registry.MAX_PER_ADDRESS = 10**6
        files.POOL = int(os.environ.get("BENCH_POOL", files.POOL))
