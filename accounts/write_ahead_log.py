"""SQLite's write-ahead log: it holds pages as they were before a deletion, until it is emptied."""

import logging
import sqlite3
import threading
import time
from contextlib import closing
from functools import cache

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite

logger = logging.getLogger(__name__)

TRIES, PAUSE = 10, 0.05  # while a page waits for it
AGAIN = 1.0  # seconds between two tries in the background


def empty_soon() -> None:
    """Empty it now; while a reader needs it, go on trying in the background until that reader has
    gone.
    """
    if not empty():
        _background(_file()).set()


def empty(tries: int = TRIES) -> bool:
    """Try to empty it. Return whether nothing is left in it; PostgreSQL has another one, which is
    its operator's.
    """
    file = _file()
    for _ in range(tries if file else 0):
        if _is_emptied(file):
            return True
        time.sleep(PAUSE)
    return not file


def _file() -> str:
    """The database, if it is a file of SQLite's, or ""."""
    database = connections[DEFAULT_DB_ALIAS]
    is_file = isinstance(database, SQLite) and not database.is_in_memory_db()
    return str(database.settings_dict["NAME"]) if is_file else ""


def _is_emptied(file: str) -> bool:
    """Try once, without waiting: SQLite would wait with the lock in its hand, and let nobody write
    meanwhile.
    """
    try:
        with closing(sqlite3.connect(file, timeout=0)) as wire:
            is_busy, *_ = wire.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:  # it is locked
        return False
    return not is_busy


@cache
def _background(file: str) -> threading.Event:
    """Start a thread that empties the log of a database whenever the event is set. It ends with the
    process.
    """
    is_wanted = threading.Event()
    threading.Thread(
        target=_empty_when, args=[is_wanted, file], name="write-ahead log", daemon=True
    ).start()
    return is_wanted


def _empty_when(is_wanted: threading.Event, file: str) -> None:
    while is_wanted.wait():
        is_wanted.clear()  # before the first try: what is deleted after it is another reason
        logger.warning(
            "A reader keeps the database open: what was deleted is in its write-ahead log "
            "until "
            "then"
        )
        while not _is_emptied(file):
            time.sleep(AGAIN)
        logger.info("What was deleted has left the write-ahead log")
