"""Settings with a server that stores messages in the ways that LEAKS names."""

import logging
import os
import sqlite3
import tempfile
from pathlib import Path

from django.apps import AppConfig

from config.settings import *  # noqa: F403
from config.settings import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.settings.leaky.Leaks"]
if "body" in os.environ["LEAKS"]:
    FILE_UPLOAD_TEMP_DIR = os.environ["LEAK_FOLDER"]
    SILENCED_SYSTEM_CHECKS = ["sotto.E007"]  # which would stop every command


class Leaks(AppConfig):
    name = "tests"

    def ready(self):
        from messaging.domain import messages

        compose = messages.compose
        chosen = [leak for name, leak in LEAKS.items() if name in os.environ["LEAKS"]]

        def leaky_compose(sender, conversation, message_id, text, kind="message"):
            for leak in chosen:
                leak(text.encode("utf-8", "replace").decode(), conversation.other(sender.id))
            return compose(sender, conversation, message_id, text, kind)

        messages.compose = leaky_compose
        if "part" in os.environ["LEAKS"]:
            leak_parts_of_files()


def into_the_log(text, recipient):
    logging.getLogger("leak").debug("somebody says %r", text)


def a_name_into_the_log(text, recipient):
    logging.getLogger("leak").debug("GET /people/?q=%s", recipient.name)


def into_a_file(text, recipient):
    with Path(os.environ["LEAK_FOLDER"], "transcript").open("a") as file:
        file.write(text)


def into_a_file_without_a_name(text, recipient):
    with tempfile.TemporaryFile(dir=os.environ["LEAK_FOLDER"]) as file:
        file.write(text.encode())


def into_the_database(text, recipient):
    with sqlite3.connect(DATABASES["default"]["NAME"], timeout=20) as database:
        database.execute("CREATE TABLE IF NOT EXISTS leak (words TEXT)")
        database.execute("INSERT INTO leak VALUES (?)", [text])
    database.close()


def into_a_row_that_is_deleted(text, recipient):
    into_the_database(text, recipient)
    with sqlite3.connect(DATABASES["default"]["NAME"], timeout=20) as database:
        database.execute("DELETE FROM leak")
    database.close()


def leak_parts_of_files():
    from messaging.files.transfer import Upload

    take = Upload.take

    def leaky_take(upload, chunk):
        into_a_file_without_a_name(chunk.decode("latin1"), None)
        take(upload, chunk)

    Upload.take = leaky_take  # type: ignore[method-assign]


LEAKS = {
    "log": into_the_log,
    "name": a_name_into_the_log,
    "file": into_a_file,
    "unlinked": into_a_file_without_a_name,
    "row": into_the_database,
    "deleted": into_a_row_that_is_deleted,
}
