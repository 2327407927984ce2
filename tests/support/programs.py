"""Run other programs for tests, such as stores and proxies."""

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.support.servers import free_port

HOST = "127.0.0.1"


class Program:
    """A process with a port and a folder. It can be restarted. `close` deletes the folder."""

    end = signal.SIGTERM  # the signal for an orderly shutdown

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="sotto-program-"))
        self.log = self.folder / "program.log"
        self.process: subprocess.Popen | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def begin(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), cwd=self.folder, stdout=log, stderr=log, **self.surroundings()
            )

    def start(self) -> Any:
        """Start the program and wait until it answers."""
        self.begin()
        deadline = time.monotonic() + 30
        while not self.answers():
            alive = self.process and self.process.poll() is None and time.monotonic() < deadline
            assert alive, f"it did not start: {self.log.read_text(errors='replace')}"
            time.sleep(0.02)
        return self

    def surroundings(self) -> dict[str, Any]:
        """Return further arguments for the process."""
        return {}

    def stop(self, how: int | None = None) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(how or self.end)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)


def listens(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True
