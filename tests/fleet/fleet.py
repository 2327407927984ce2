"""Several processes of the product that share one Redis and one database, as an operator starts them."""

import random
import re
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.people import Person, people
from tests.programs import HOST, Program, listens
from tests.servers import ROOT, Server
from tests.serving import Serving

FAULT = re.compile("could not be handled|Traceback")
LOT = 250  # people, who are made at once when there are none left


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


class Service:
    """A place where people are made and windows knock. `url` is what browsers open: a proxy's, or nobody's where tests
    knock at the workers' ports."""

    count: int  # of its workers

    def __init__(self, server: Server, url: str = "") -> None:
        self.server = server  # for what is done without a worker
        self.url = url or server.url
        self.unused: list[Person] = []

    def ports(self, first: int | None = None) -> list[int]:
        """Where a balancer would knock, in this order."""
        raise NotImplementedError

    def people(self, count: int) -> list[Person]:
        """So many who have not been here before, each with a session."""
        if len(self.unused) < count:
            self.unused += people(self.server.environment, max(LOT, count))
        taken, self.unused = self.unused[:count], self.unused[count:]
        return taken


def shared(redis: str, **environment: str) -> dict[str, str]:
    """What all workers have in common."""
    usual = {"REDIS_URL": redis, "MAILBOX_KEY": "k" * 32, "DEBUG": "off", "LOG_LEVEL": "WARNING"}
    return {"DJANGO_SETTINGS_MODULE": "tests.fleet.settings", **usual, **environment}


class Fleet(Service):
    """So many workers, each at a port of its own."""

    def __init__(self, folder: Path, redis: str, count: int = 3, url: str = "", **environment: str) -> None:
        super().__init__(Server(folder, site_url=url, options=(), **shared(redis, **environment)), url)
        self.count = count
        self.workers = [Worker(self.server.environment) for _ in range(count)]

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
        assert [log for log in logs if FAULT.search(log)] == []

    def ports(self, first: int | None = None) -> list[int]:
        """The worker that is named, and then any."""
        ports = [worker.port for worker in random.sample(self.workers, len(self.workers))]
        return ports if first is None else [self.workers[first].port, *ports]


class Serve(Service):
    """`manage.py serve`, whose workers share one port."""

    def __init__(self, folder: Path, redis: str, count: int = 3) -> None:
        self.serving = Serving(folder, "--workers", str(count), "--skip-checks", **shared(redis, LOG_LEVEL="INFO"))
        super().__init__(self.serving)
        self.count = count

    def start(self) -> "Serve":
        self.serving.begin()
        self.until_it_says(f"{self.count} workers are ready")
        return self

    def until_it_says(self, words: str, seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while words not in self.serving.log.read_text():
            assert time.monotonic() < deadline, self.serving.log.read_text()
            time.sleep(0.05)

    def close(self) -> None:
        self.serving.stop()
        assert not FAULT.search(self.serving.log.read_text())

    def ports(self, first: int | None = None) -> list[int]:
        return [self.serving.port]
