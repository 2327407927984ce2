"""Several processes of the product that share one Redis and one database, as an operator starts them."""

import json
import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from tests.programs import HOST, Program, listens
from tests.servers import ROOT, Server

LOT = 250  # people, who are made at once when there are none left


class Person(NamedTuple):
    id: int
    key: str  # of the session


class Worker(Program):
    """uvicorn with the whole application."""

    def __init__(self, environment: dict[str, str]) -> None:
        super().__init__()
        self.environment = {**environment, "PYTHONPATH": str(ROOT)}

    def command(self) -> list[str]:
        place = ["--host", HOST, "--port", str(self.port), "--no-access-log", "--log-level", "warning"]
        return [sys.executable, "-m", "uvicorn", *place, "config.asgi:application"]

    def surroundings(self) -> dict[str, Any]:
        return {"env": self.environment}

    def answers(self) -> bool:
        return listens(self.port)

    def dies(self) -> None:
        self.stop(signal.SIGKILL)


class Fleet:
    """So many workers. `url` is what browsers open: a proxy's, or nobody's where tests knock at the workers' ports."""

    def __init__(self, folder: Path, redis: str, count: int = 3, url: str = "", **environment: str) -> None:
        shared = {"REDIS_URL": redis, "MAILBOX_KEY": "k" * 32, "DEBUG": "off", "LOG_LEVEL": "WARNING"}
        shared = {"DJANGO_SETTINGS_MODULE": "tests.fleet.settings", **shared, **environment}
        # For what is done without a worker.
        self.server = Server(folder, site_url=url, options=(), **shared)
        self.url = url or self.server.url
        self.workers = [Worker(self.server.environment) for _ in range(count)]
        self.unused: list[Person] = []

    def start(self) -> "Fleet":
        self.server.migrate()
        with ThreadPoolExecutor() as pool:
            list(pool.map(Worker.start, self.workers))
        return self

    def close(self) -> None:
        """Ends all of them; none may have had a fault that it did not expect."""
        logs = [worker.log.read_text() for worker in self.workers]
        with ThreadPoolExecutor() as pool:
            list(pool.map(Worker.dies, self.workers))
        for worker in self.workers:
            worker.close()
        assert [log for log in logs if "could not be handled" in log or "Traceback" in log] == []

    def ports(self, first: int | None = None) -> list[int]:
        """Where a balancer would knock, in this order: at a worker that is named, and then at any."""
        ports = [worker.port for worker in random.sample(self.workers, len(self.workers))]
        return ports if first is None else [self.workers[first].port, *ports]

    def people(self, count: int) -> list[Person]:
        """So many who have not been here before, each with a session."""
        if len(self.unused) < count:
            self.unused += self._make(max(LOT, count))
        people, self.unused = self.unused[:count], self.unused[count:]
        return people

    def _make(self, count: int) -> list[Person]:
        command = [sys.executable, "-m", "tests.bench.people", str(count)]
        environment = self.server.environment
        made = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        return [Person(*each) for each in json.loads(made.stdout)]
