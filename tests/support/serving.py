"""`manage.py serve` in a process of its own, and what can be asked of it."""

import http.client
import re
import signal
import urllib.error
import urllib.request
from pathlib import Path

from tests.support.servers import SERVE, UVICORN, Server


class Serving(Server):
    """`words` are what follows on the command line. It is this server whatever TEST_SERVER says."""

    program: tuple[str, ...] = SERVE

    def __init__(self, folder: Path, *words: str, **environment: str) -> None:
        super().__init__(folder, options=words, **environment)

    def asks(self, path: str, **headers: str) -> tuple[int, str]:
        """The status and the text of an answer."""
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
        """The soft limit of this name, as Linux tells it of the process."""
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
        """Its exit code, when it has gone."""
        assert self.process
        return self.process.wait(seconds)


class Uvicorn(Serving):
    """The other server."""

    program = (*UVICORN, "config.asgi:application")
