"""The product's settings with short time-outs, and a database that hangs on demand. If the file
named by `HANG` exists, the next query deletes it and blocks its thread for HANG_SECONDS.
"""

import os
import time
from pathlib import Path

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.load.pressure.settings.SlowDatabase"]
HANG_SECONDS = 5


class SlowDatabase(AppConfig):
    name = "tests.load.pressure"

    def ready(self) -> None:
        from messaging.backends import presence
        from messaging.backends.memory.presence import Presence
        from messaging.consumers import flow_control

        if patience := os.environ.get("PATIENCE"):
            flow_control.CONFIRMATION_TIMEOUT = float(patience)
            assert isinstance(presence, Presence)
            presence.grace = 1.0


def hang(execute, sql, params, many, context):
    file = Path(os.environ["HANG"])
    if file.exists():
        file.unlink()
        time.sleep(HANG_SECONDS)
    return execute(sql, params, many, context)


def watch(connection, **_):
    if hang not in connection.execute_wrappers:
        connection.execute_wrappers.append(hang)


connection_created.connect(watch, dispatch_uid="tests.load.pressure")
