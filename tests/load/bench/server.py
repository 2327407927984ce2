"""The measured servers, each in its own process with temporary accounts."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.people import Person, people
from tests.support.servers import ROOT, SERVE, UVICORN, free_port

PATIENCE = 60  # seconds for a start
HEARTBEAT_SECONDS = 20  # as in config.settings, also for the relay
PRODUCT, RELAY = "config.asgi.application", "tests.load.bench.relay.application"
# Start them like operators, with their default sizes and time-outs.
COMMANDS = {"serve": (*SERVE, "--skip-checks"), "uvicorn": UVICORN}


@dataclass(frozen=True, slots=True)
class Server:
    pid: int
    host: str

    @property
    def url(self) -> str:
        return f"http://{self.host}"


@contextmanager
def started(
    name: str, folder: Path, *words: str, application: str = PRODUCT, **variables: str
) -> Iterator[Server]:
    """Run `serve` or uvicorn with this application until the block ends, then kill it."""
    port = free_port()
    host, log = f"127.0.0.1:{port}", folder / f"{name}-{port}.log"
    command = [sys.executable, *COMMANDS[name], "--host", "127.0.0.1", "--port", str(port), *words]
    if name == "uvicorn":
        command.append(":".join(application.rsplit(".", 1)))
    environment = _environment(
        folder, SITE_URL=f"http://{host}", APPLICATION=application, **variables
    )
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait(process, port, log)
        yield Server(process.pid, host)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def make_people(folder: Path, count: int) -> list[Person]:
    """Create a database with this many users in this folder."""
    environment = _environment(folder)
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=environment, check=True, timeout=PATIENCE)
    return people(environment, count)


def drive(job: dict, seconds: float) -> dict:
    """Give a job to a load process, and return its results. TimeoutExpired ends both."""
    command = [sys.executable, "-m", "tests.load.bench.phases"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        input=json.dumps(job).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=seconds,
    )
    return json.loads(done.stdout)


def _environment(folder: Path, **variables: str) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.load.bench.settings",
        "SECRET_KEY": "for-the-bench-only",
        "DATABASE_URL": f"sqlite:///{folder / 'accounts.sqlite3'}",
        "DEBUG": "off",
        "LOG_LEVEL": "WARNING",
        "PYTHONHASHSEED": "0",
        "REDIS_URL": "",  # overrides the environment, unless Redis is measured
        **variables,
    }


def _wait(process: subprocess.Popen, port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
    raise ChildProcessError(
        f"The server did not start. It said:\n{log.read_text(errors='replace')}"
    )


def end_politely() -> None:
    """Handle SIGTERM like Ctrl+C, so that no server outlives the benchmark."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("The bench was ended."))
