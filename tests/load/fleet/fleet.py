"""Several processes that share one Redis and one database, as in production."""

import random
import re
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.support.people import Person, people
from tests.support.programs import Program, listens
from tests.support.servers import ROOT, Server

FAULT = re.compile("could not be handled|Traceback")
LOT = 250  # people to create when none are left


class Worker(Program):
    """Run `manage.py serve` at its own port."""

    def __init__(self, environment: dict[str, str]) -> None:
        super().__init__()
        self.environment = {**environment, "PYTHONPATH": str(ROOT)}

    def command(self) -> list[str]:
        return [
            sys.executable,
            str(ROOT / "manage.py"),
            "serve",
            "--port",
            str(self.port),
            "--skip-checks",
        ]

    def surroundings(self) -> dict[str, Any]:
        return {"env": self.environment}

    def answers(self) -> bool:
        return listens(self.port)

    def dies(self) -> None:
        self.stop(signal.SIGKILL)


def shared(redis: str, **environment: str) -> dict[str, str]:
    """Return the variables that all processes share."""
    usual = {"REDIS_URL": redis, "MAILBOX_KEY": "k" * 32, "DEBUG": "off", "LOG_LEVEL": "WARNING"}
    return {"DJANGO_SETTINGS_MODULE": "tests.load.fleet.settings", **usual, **environment}


class Fleet:
    """Run this many processes. `url` is that of a proxy, if browsers need one."""

    def __init__(
        self, folder: Path, redis: str, count: int = 3, url: str = "", **environment: str
    ) -> None:
        self.server = Server(
            folder, site_url=url, options=(), **shared(redis, **environment)
        )  # run without a worker
        self.url = url or self.server.url
        self.count = count
        self.workers = [Worker(self.server.environment) for _ in range(count)]
        self.unused: list[Person] = []

    def start(self) -> "Fleet":
        self.server.migrate()
        with ThreadPoolExecutor() as pool:
            list(pool.map(Worker.start, self.workers))
        return self

    def close(self) -> None:
        """Stop all processes, and check their logs for unexpected errors."""
        logs = [worker.log.read_text() for worker in self.workers]
        with ThreadPoolExecutor() as pool:
            list(pool.map(Worker.dies, self.workers))
        for worker in self.workers:
            worker.close()
        assert [log for log in logs if FAULT.search(log)] == []

    def ports(self, first: int | None = None) -> list[int]:
        """Return ports in the order of a balancer: the named process first, then any."""
        ports = [worker.port for worker in random.sample(self.workers, len(self.workers))]
        return ports if first is None else [self.workers[first].port, *ports]

    def people(self, count: int) -> list[Person]:
        """Create this many users with sessions."""
        if len(self.unused) < count:
            self.unused += people(self.server.environment, max(LOT, count))
        taken, self.unused = self.unused[:count], self.unused[count:]
        return taken
