"""Run the loop of docs/upgrade.md that restarts processes in turn, without systemd."""

import os
import subprocess
from pathlib import Path
from urllib.request import urlopen

from tests.load.fleet.fleet import Fleet, Worker
from tests.project.documents import blocks
from tests.server.stub_server import Handler, answering
from tests.support.programs import HOST
from tests.support.servers import ROOT

PORTS = "8001 8002"  # as in the document


def follow(ports: list[int], systemctl: str, folder: Path, seconds: float = 120) -> None:
    """Run the loop for these ports. `systemctl` is the shell command that replaces it."""
    (text,) = [
        block.text for block in blocks(ROOT / "docs" / "upgrade.md") if "until curl" in block.text
    ]
    assert text.count(PORTS) == 1
    text = text.replace(PORTS, " ".join(map(str, ports)))
    (folder / "systemctl").write_text(f"#!/bin/sh\n{systemctl}\n")
    (folder / "systemctl").chmod(0o755)
    path = os.pathsep.join([str(folder), os.environ["PATH"]])
    subprocess.run(
        ["bash", "-euc", text], env={**os.environ, "PATH": path}, check=True, timeout=seconds
    )


def restart_in_turn(fleet: Fleet) -> None:
    """Wait for the end of the loop, and check that no two processes were down at the same time."""
    workers = {f"/restart/sotto@{worker.port}": worker for worker in fleet.workers}
    away: list[Worker] = []

    class Systemd(Handler):
        def respond(self) -> None:
            worker = workers[self.path]
            away.extend(
                other for other in fleet.workers if other is not worker and not is_ready(other)
            )
            worker.stop()
            worker.begin()  # systemd doesn't know either when a worker is ready
            self.send_response(200)
            self.end_headers()

    with answering(Systemd) as port:
        systemctl = f'exec curl --fail --silent "http://{HOST}:{port}/$1/$2"'
        follow([worker.port for worker in fleet.workers], systemctl, fleet.workers[0].folder)
    assert away == []
    assert all(map(is_ready, fleet.workers))


def is_ready(worker: Worker) -> bool:
    try:
        with urlopen(f"http://{HOST}:{worker.port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
