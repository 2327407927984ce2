"""Run real Redis (or Valkey) and PostgreSQL servers, each on a free port in its own folder."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support import engines
from tests.support.programs import HOST, Program


class Redis(Program):
    """Run Redis without persistence, as Sotto recommends, or with all of it if `keeps=True`."""

    def __init__(self, *, keeps: bool = False) -> None:
        super().__init__()
        often = ("yes", "1 1") if keeps else ("no", "")
        self.keeping = ["--appendonly", often[0], "--save", often[1]]
        self.url = f"redis://{HOST}:{self.port}/0"

    def command(self) -> list[str]:
        place = ["--bind", HOST, "--port", str(self.port), "--dir", str(self.folder)]
        return [engines.program("redis"), *place, *self.keeping]

    def answers(self) -> bool:
        try:
            return self._asks("PING") == b"+PONG\r\n"
        except OSError:
            return False

    def configures(self, name: str, value: str) -> None:
        answer = self._asks(f"CONFIG SET {name} {value}")
        assert answer == b"+OK\r\n", answer

    def _asks(self, command: str) -> bytes:
        with socket.create_connection((HOST, self.port), timeout=1) as wire:
            wire.sendall(f"{command}\r\n".encode())
            return wire.recv(100)


class Postgres(Program):
    """Run PostgreSQL. It sorts by language, like most servers. `settings` are its own."""

    end = signal.SIGINT  # a fast shutdown; after SIGTERM it would wait for its clients

    def __init__(self, **settings: str) -> None:
        super().__init__()
        # PostgreSQL refuses to run as root.
        self.owner = _somebody_else() if os.geteuid() == 0 else None
        if self.owner:
            shutil.chown(self.folder, self.owner)
        self.data = self.folder / "data"
        self.url = f"postgres://sotto@{HOST}:{self.port}/postgres"
        # Test data may be lost in a crash.
        careless = {"fsync": "off", "full_page_writes": "off"}
        self.settings = {**careless, "listen_addresses": HOST, **settings}
        self.program = engines.program("postgres")
        # PostgreSQL from a wheel may have no locales.
        made = self.make("--locale-provider=icu", "--icu-locale=en")
        made = self.make() if made.returncode else made
        assert made.returncode == 0, made.stderr

    def make(self, *language: str) -> subprocess.CompletedProcess[str]:
        initdb = Path(self.program).resolve().with_name("initdb")
        words = ["--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", *language]
        command = [str(initdb), "-D", str(self.data), "-U", "sotto", *words]
        around = {"cwd": self.folder, **self.surroundings()}
        return subprocess.run(command, capture_output=True, text=True, check=False, **around)

    def surroundings(self) -> dict[str, Any]:
        if not self.owner:
            return {}
        group = pwd.getpwnam(self.owner).pw_gid
        return {"user": self.owner, "group": group, "extra_groups": []}

    def command(self) -> list[str]:
        settings = {"port": str(self.port), "unix_socket_directories": "", **self.settings}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [self.program, "-D", str(self.data), *words]

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=1).close()
        except psycopg.OperationalError:
            return False
        return True


def _somebody_else() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    store = Redis().start()
    yield store
    store.close()


@pytest.fixture(scope="session")
def redis_url(redis) -> str:
    """Return the URL of a Redis for this test process. Data stays from test to test."""
    return redis.url


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    store = Postgres().start()
    yield store
    store.close()


@pytest.fixture(scope="session")
def postgres_url(postgres) -> str:
    """Return the URL of a PostgreSQL for this test process, with an empty database."""
    return postgres.url
