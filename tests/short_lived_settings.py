"""The product's settings, and sockets that `serve` ends after some seconds, as a proxy may."""

from django.apps import AppConfig

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.short_lived_settings.ShortLived"]
AGE = 3


class ShortLived(AppConfig):
    name = "tests"

    def ready(self) -> None:
        from messaging.ops.server.worker import TIMES

        TIMES["websocket_timeout"] = AGE
