"""SQLite's write-ahead log, which contains deleted data until it is emptied."""

import logging
import sqlite3
import threading
import time
from contextlib import closing
from functools import cache

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite

logger = logging.getLogger(__name__)

TRIES, PAUSE = 10, 0.05  # while a request waits; the pause is in seconds
RETRY_SECONDS = 1.0  # seconds between tries in the background


def empty_soon() -> None:
    """Empty the log now or, while a reader needs it, later in the background."""
    if not empty():
        _background(_file()).set()


def empty(tries: int = TRIES) -> bool:
    """Try to empty the log. Return whether it is empty. Without a file of SQLite, return True."""
    file = _file()
    for _ in range(tries if file else 0):
        if _is_emptied(file):
            return True
        time.sleep(PAUSE)
    return not file


def _file() -> str:
    """Return the path of the SQLite database, or "" if it is in memory or another database."""
    database = connections[DEFAULT_DB_ALIAS]
    is_file = isinstance(database, SQLite) and not database.is_in_memory_db()
    return str(database.settings_dict["NAME"]) if is_file else ""


def _is_emptied(file: str) -> bool:
    """Try once to empty the log. Do not wait for readers, because that would block all writers."""
    try:
        with closing(sqlite3.connect(file, timeout=0)) as wire:
            is_busy, *_ = wire.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:  # locked
        return False
    return not is_busy


@cache
def _background(file: str) -> threading.Event:
    """Start a thread that empties the log whenever the event is set."""
    is_wanted = threading.Event()
    threading.Thread(
        target=_empty_when, args=[is_wanted, file], name="write-ahead log", daemon=True
    ).start()
    return is_wanted


def _empty_when(is_wanted: threading.Event, file: str) -> None:
    while is_wanted.wait():
        is_wanted.clear()  # clear it before trying, so that a later deletion sets it again
        logger.warning(
            "A reader keeps the database open: deleted data stays in its write-ahead log until then"
        )
        while not _is_emptied(file):
            time.sleep(RETRY_SECONDS)
        logger.info("Deleted data has left the write-ahead log")
