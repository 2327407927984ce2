"""A real server in its own process, with its own database and a free port."""

import atexit
import contextlib
import errno
import functools
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]


# Below the kernel's ephemeral ports (32768 and up on Linux).
PORTS = range(10_000, 32_000)
PLACES = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))  # both addresses of "localhost"


def free_port() -> int:
    """Return a free port that no other program gets by chance before it is used. Otherwise, a
    test might use the server of another run without noticing. No port is returned twice.
    """
    return next(port for port in _ports() if all(_is_free(*place, port) for place in PLACES))


@functools.cache
def _ports() -> Iterator[int]:
    return iter(random.SystemRandom().sample(PORTS, len(PORTS)))


def _is_free(family: int, host: str, port: int) -> bool:
    try:
        with socket.socket(family) as probe:
            probe.bind((host, port))
    except OSError as error:
        return error.errno != errno.EADDRINUSE  # without IPv6, the port is free
    return True


# The options from docs/operations.md.
SERVE = ("manage.py", "serve")
OPTIONS = """
--no-access-log --no-server-header --no-proxy-headers --reset-contextvars --ws-max-size 200000
--ws-per-message-deflate false --ws-ping-interval 10 --timeout-keep-alive 130
--timeout-graceful-shutdown 8
"""
UVICORN = ("-m", "uvicorn", *OPTIONS.split())


@functools.cache
def _migrated() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="sotto-"))
    atexit.register(shutil.rmtree, folder)
    place = Server(folder)
    place.manage("migrate", "--verbosity", "0")
    return place.database


class Server:
    """Run `manage.py serve`, or uvicorn if TEST_SERVER says so. `folder` holds its database and
    its log; `site_url` is what browsers open; `options` follow on its command line.
    """

    program: tuple[str, ...] = SERVE
    if os.environ.get("TEST_SERVER") == "uvicorn":
        program = (*UVICORN, "config.asgi:application")

    def __init__(
        self, folder: Path, *, site_url: str = "", options: tuple[str, ...] = (), **environment: str
    ) -> None:
        self.options, self.root = options, ROOT
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.log, self.database = folder / "server.log", folder / "accounts.sqlite3"
        self.environment = {
            **os.environ,
            "SECRET_KEY": "for-tests-only",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "SITE_URL": site_url or self.url,
            **environment,
        }
        self.process: subprocess.Popen | None = None

    def command(self) -> list[str]:
        return [sys.executable, *self.program, "--port", str(self.port), *self.options]

    def migrate(self) -> None:
        """Copy a migrated database file."""
        if self.environment["DATABASE_URL"] != f"sqlite:///{self.database}":
            return self.manage("migrate", "--verbosity", "0")
        if not self.database.exists():
            shutil.copy(_migrated(), self.database)

    def manage(self, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=self.root, env=self.environment, check=True)

    def changes(self, statement: str, *values: str) -> None:
        """Change one row."""
        assert self._writes(statement, *values) == 1, statement

    def deactivates_everybody(self) -> None:
        self._writes("UPDATE accounts_user SET is_active = 0")

    def _writes(self, statement: str, *values: str) -> int:
        """Write to its SQLite file, because a `manage.py` command takes seconds."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=20)) as wire, wire:
            return wire.execute(statement, values).rowcount

    def makes_staff(self, name: str) -> None:
        statement = "UPDATE accounts_user SET is_staff = 1, is_superuser = 1 WHERE username = ?"
        self.changes(statement, name)

    def start(self) -> Self:
        """Start the server and wait until it answers."""
        self.begin()
        self._wait()
        return self

    def begin(self) -> None:
        self.migrate()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), cwd=self.root, env=self.environment, stdout=log, stderr=log
            )

    def _wait(self) -> None:
        deadline = time.monotonic() + 60  # for a busy machine
        while time.monotonic() < deadline and self.process and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/accounts/login/", timeout=5):
                    return
            except urllib.error.HTTPError:
                return  # it answers, even if SITE_URL is another address
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"the server did not start: {self.log.read_text()}")

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
