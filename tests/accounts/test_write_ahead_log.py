"""Deleted data leaves SQLite's write-ahead log as soon as no reader needs it."""

import sqlite3
import time
from contextlib import closing, contextmanager

import pytest
from django.core.management import CommandError, call_command

from accounts import write_ahead_log
from accounts.management.commands import forget_expired
from tests.conftest import PASSWORD
from tests.support.http_client import Visitor
from tests.support.servers import Server

NAME = "Wilhelmine-Quitzow"
REPORT = """
from accounts.models import User
bob = User.objects.create_user("bob")
message = {"is_verified": True, "text": "x" * 500}
User.objects.get(username="alice").reports_made.file(bob.pk, {"messages": [message]})
"""


@pytest.fixture
def server(tmp_path):
    running = Server(tmp_path).start()
    yield running
    running.stop()


@contextmanager
def a_reader(database):
    """Open a transaction, as a backup or a shell does."""
    with closing(sqlite3.connect(database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM accounts_user").fetchone()
        yield reader


def log_of(server) -> bytes:
    # Not the other two files, because closing them would release the locks of the reader in this
    # process.
    return server.database.with_name(f"{server.database.name}-wal").read_bytes()


def is_gone(server, content, seconds=20):
    """Return whether the data leaves the database files within this many seconds."""
    files = list(server.database.parent.glob(f"{server.database.name}*"))
    deadline = time.monotonic() + seconds
    while any(content in file.read_bytes() for file in files) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not any(content in file.read_bytes() for file in files)


def test_a_deleted_account_leaves_the_log_once_the_last_reader_is_done(server):
    here = Visitor(server)
    here.posts("/accounts/signup/", username=NAME, password=PASSWORD, email=f"{NAME}@example.org")
    with a_reader(server.database):
        began = time.monotonic()
        here.posts("/accounts/delete/", current_password=PASSWORD)
        Visitor(server).signs_up("alice")  # others still write
        assert time.monotonic() - began < 10
        time.sleep(2 * write_ahead_log.RETRY_SECONDS)
        assert NAME.encode() in log_of(server)
    assert is_gone(server, NAME.encode())
    assert is_gone(server, NAME.lower().encode())
    assert server.log.read_text().count("A reader keeps the database open") == 1
    assert NAME not in server.log.read_text()


def test_a_deleted_report_leaves_the_log_too(server):
    here = Visitor(server).signs_up("alice")
    server.makes_staff("alice")
    server.manage("shell", "--no-imports", "--command", REPORT)
    with closing(sqlite3.connect(server.database)) as wire:
        pk, sealed = wire.execute("SELECT id, sealed FROM accounts_report").fetchone()
    with a_reader(server.database):
        page = f"/admin/accounts/report/{pk}/delete/"
        assert here.posts(page, post="yes").status == 302
        assert sealed[:100] in log_of(server)
    assert is_gone(server, sealed[:100])


@pytest.fixture
def log(tmp_path, monkeypatch):
    """Return a write-ahead log with some data in it, and its writer."""
    file = tmp_path / "other.sqlite3"
    monkeypatch.setattr(write_ahead_log, "_file", lambda: str(file))
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE accounts_user (name)")
        yield file.with_name("other.sqlite3-wal"), writer


def test_the_log_is_empty_without_readers(log):
    file, _ = log
    assert file.stat().st_size > 0
    assert write_ahead_log.empty()
    assert file.stat().st_size == 0


def test_a_writer_is_not_waited_for_and_the_log_is_truncated_later(log):
    _, writer = log
    writer.execute("BEGIN IMMEDIATE")
    assert not write_ahead_log.empty(tries=2)
    writer.execute("COMMIT")
    assert write_ahead_log.empty()


def test_each_deletion_is_retried_until_it_has_left_the_log(log, tmp_path):
    file, writer = log
    for _ in range(2):
        writer.execute("INSERT INTO accounts_user VALUES ('alice')")
        with a_reader(tmp_path / "other.sqlite3"):
            write_ahead_log.empty_soon()
            assert file.stat().st_size > 0
        deadline = time.monotonic() + 20
        while file.stat().st_size and time.monotonic() < deadline:
            time.sleep(0.1)
        assert file.stat().st_size == 0


@pytest.mark.django_db
def test_the_daily_command_empties_the_log_or_says_that_it_could_not(log, tmp_path, monkeypatch):
    file, _ = log
    monkeypatch.setattr(forget_expired, "TRIES", 2)
    with a_reader(tmp_path / "other.sqlite3"), pytest.raises(CommandError, match="write-ahead log"):
        call_command("forget_expired")
    call_command("forget_expired")
    assert file.stat().st_size == 0
