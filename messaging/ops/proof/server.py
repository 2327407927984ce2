"""A server process of the proof's own: as configured, as talkative as it can be, its log kept in
this memory alone.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Self

from django.conf import settings

from messaging.ops.proof.interrupts import undisturbed

PATIENCE = 30  # seconds for a start


class Server:
    """`with Server(folder) as server:` starts one whose temporary files go to the folder, and kills
    it at the end.
    """

    def __init__(self, temp: Path) -> None:
        self.temp = temp
        self.port = _free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        self.log = bytearray()

    def __enter__(self) -> Self:
        try:
            with undisturbed():
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
        """Where Linux tells about this process; elsewhere there is no such folder."""
        return Path(f"/proc/{self.process.pid}")

    def written(self) -> int | None:
        """How many bytes it has caused to be written to disk so far (proc(5)); None where that is
        not to be known.
        """
        try:
            lines = (self.proc / "io").read_text().splitlines()
        except OSError:
            return None
        return next(
            (int(line.split()[1]) for line in lines if line.startswith("write_bytes")), None
        )

    def cookie_name(self, name: str) -> str:
        """What a cookie of the configured site is called on this server, which is reached by http
        and another port.
        """
        return f"sotto_{self.port}_{name.rpartition('_')[2]}"

    def kill(self) -> None:
        """`kill -9`: nothing is tidied up. What it had said until then is in the log afterwards."""
        with undisturbed():
            self.process.kill()
            self.process.wait()
            self.reader.join(PATIENCE)

    def _start(self) -> None:
        # A pipe, not a file: a log on disk would hide what the server itself writes there.
        self.process = subprocess.Popen(  # noqa: S603 - our own words alone
            self._command(), cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.reader = threading.Thread(target=self._read, args=[self.process.stdout], daemon=True)
        self.reader.start()

    def _command(self) -> list[str]:
        # The environment is the operator's; `env` changes these few variables of it for the one
        # process.
        changes = {
            "SITE_URL": self.url,
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
        deadline = time.monotonic() + PATIENCE
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
