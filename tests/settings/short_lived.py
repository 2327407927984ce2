"""Settings in which `serve` closes sockets after some seconds, like a proxy."""

from django.apps import AppConfig

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.settings.short_lived.ShortLived"]
AGE = 3


class ShortLived(AppConfig):
    name = "tests"

    def ready(self) -> None:
        from messaging.ops.server.process import TIMES

        TIMES["websocket_timeout"] = AGE
