"""Run `manage.py serve` and inspect the process."""

import http.client
import re
import signal
import urllib.error
import urllib.request
from pathlib import Path

from tests.support.servers import SERVE, UVICORN, Server


class Serving(Server):
    """Run `manage.py serve` with these options, regardless of TEST_SERVER."""

    program: tuple[str, ...] = SERVE

    def __init__(self, folder: Path, *words: str, **environment: str) -> None:
        super().__init__(folder, options=words, **environment)

    def asks(self, path: str, **headers: str) -> tuple[int, str]:
        """Return the status and the text of a response."""
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.read().decode()

    def headers(self, path: str) -> dict[str, str]:
        wire = http.client.HTTPConnection("localhost", self.port, timeout=10)
        wire.request("GET", path)
        answer = wire.getresponse()
        answer.read()
        wire.close()
        return {name.lower(): value for name, value in answer.getheaders()}

    def limit(self, name: str) -> str:
        """Return the soft limit of this name from /proc."""
        limits = Path(f"/proc/{self.pid}/limits").read_text()
        return re.search(rf"^{name} +(\S+)", limits, re.MULTILINE)[1]  # type: ignore[index]

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    def tell(self, number: int = signal.SIGTERM) -> None:
        assert self.process
        self.process.send_signal(number)

    def ends(self, seconds: float = 10) -> int:
        """Wait for the end, and return the exit code."""
        assert self.process
        return self.process.wait(seconds)


class Uvicorn(Serving):
    """Run uvicorn."""

    program = (*UVICORN, "config.asgi:application")
