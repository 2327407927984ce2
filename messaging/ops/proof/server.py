"""A server with the operator's configuration that logs at DEBUG into memory. Signal handlers ensure
that it does not stay running.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

from django.conf import settings

START_TIMEOUT = 30  # seconds to start
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def exit_cleanly_on_signals() -> None:
    """Raise SystemExit on SIGINT and SIGTERM. By default, SIGTERM would skip all clean-up, and
    asyncio would turn SIGINT into a cancellation.
    """
    for ending in SIGNALS:
        signal.signal(ending, lambda *_: sys.exit("Stopped before anything was proven."))


@contextmanager
def signals_deferred() -> Iterator[None]:
    """Defer signals until the end of the block."""
    waiting: list[int] = []
    usual = {
        ending: signal.signal(ending, lambda number, _: waiting.append(number))
        for ending in SIGNALS
    }
    try:
        yield
    finally:
        for ending, handler in usual.items():
            signal.signal(ending, handler)
        for number in waiting:
            signal.raise_signal(number)


class ProofServer:
    """Run the server during a `with` block, then kill it. `temp` is for its temporary files."""

    def __init__(self, temp: Path) -> None:
        self.temp = temp
        self.port = _free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        self.log = bytearray()

    def __enter__(self) -> Self:
        try:
            with signals_deferred():
                self._start()
            self._wait()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.kill()

    @property
    def proc(self) -> Path:
        """Return the folder of this process in /proc, which exists only on Linux."""
        return Path(f"/proc/{self.process.pid}")

    def written(self) -> int | None:
        """Return how many bytes the process has written to disk (proc(5)), or None if unknown."""
        try:
            lines = (self.proc / "io").read_text().splitlines()
        except OSError:
            return None
        return next(
            (int(line.split()[1]) for line in lines if line.startswith("write_bytes")), None
        )

    def cookie_name(self, name: str) -> str:
        """Return a cookie's name on this server, which uses http and a different port."""
        return f"sotto_{self.port}_{name.rpartition('_')[2]}"

    def kill(self) -> None:
        """Kill the process without clean-up (SIGKILL), and read the rest of the log."""
        with signals_deferred():
            self.process.kill()
            self.process.wait()
            self.reader.join(START_TIMEOUT)

    def _start(self) -> None:
        # Use a pipe: a log file would add to the bytes that the server itself writes to disk.
        self.process = subprocess.Popen(  # noqa: S603
            self._command(), cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.reader = threading.Thread(target=self._read, args=[self.process.stdout], daemon=True)
        self.reader.start()

    def _command(self) -> list[str]:
        # `env` overrides these variables of the operator's environment for this process.
        changes = {
            "SITE_URL": self.url,
            # Its default is SITE_URL, but only with https.
            "PUSH_CONTACT": settings.PUSH_CONTACT.removeprefix("mailto:"),
            "LOG_LEVEL": "DEBUG",
            "PYTHONASYNCIODEBUG": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": str(self.temp),
        }
        serve = [sys.executable, "manage.py", "serve", "--skip-checks", "--port", str(self.port)]
        return ["env", *(f"{name}={value}" for name, value in changes.items()), *serve]

    def _read(self, pipe: IO[bytes]) -> None:
        with pipe:
            while chunk := os.read(pipe.fileno(), 65_536):
                self.log += chunk

    def _wait(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                return socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
        raise ChildProcessError(
            f"The server did not start. It said:\n{self.log.decode(errors='replace')}"
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
