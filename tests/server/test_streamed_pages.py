"""Pages without JavaScript over real connections, under both servers and behind proxies."""

import html
import http.client
import re
import signal
import time
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from messaging.ops.server.http_connections import DaphneRequest
from tests.server.caddy import Caddy
from tests.server.nginx import Nginx
from tests.support.people import people
from tests.support.servers import Server, free_port
from tests.support.serving import Serving, Uvicorn

PICTURE = re.compile(r'<img src="([^"]*)"')


class Reader:
    """A browser that reads a transcript and requests its images."""

    def __init__(self, port, cookie):
        self.port, self.cookie, self.seen = port, cookie.strip(), ""
        self.wire, self.answer = self.ask("/plain/transcript/")

    def ask(self, path):
        wire = http.client.HTTPConnection("localhost", self.port, timeout=10)
        wire.request("GET", path, headers={"Cookie": self.cookie})
        return wire, wire.getresponse()

    def sees(self, text):
        while text not in self.seen:
            part = self.answer.read1().decode()
            assert part, f"it ended without {text!r}: {self.seen[-500:]}"
            self.seen += part
            for picture in PICTURE.findall(part):
                wire, answer = self.ask(html.unescape(picture))
                assert answer.status == 200
                answer.read()
                wire.close()

    def leaves(self):
        self.answer.close()
        self.wire.close()


@pytest.fixture
def connected():
    """Return a function that opens a connected page."""
    with ExitStack() as stack:

        def connect(port, cookie):
            reader = Reader(port, cookie)
            stack.callback(reader.leaves)
            reader.sees("Connected.")
            return reader

        yield connect


@pytest.fixture(params=[Serving, Uvicorn])
def server(request, tmp_path):
    running = request.param(tmp_path).start()
    yield running
    running.stop()


def threads(server):
    return len(list(Path(f"/proc/{server.pid}/task").iterdir()))


def test_many_pages_occupy_no_thread(server, connected):
    cookies = [person.cookie(server.url) for person in people(server.environment, 5)]
    first = connected(server.port, cookies[0])
    before = threads(server)
    readers = [connected(server.port, cookie) for cookie in cookies[1:] * 3]
    assert threads(server) <= before
    assert re.search(r"^sotto_streams 13\.0$", server.asks("/metrics")[1], re.MULTILINE)
    for reader in [first, *readers]:
        reader.leaves()
    deadline = time.monotonic() + 10
    while not re.search(r"^sotto_streams 0\.0$", server.asks("/metrics")[1], re.MULTILINE):
        assert time.monotonic() < deadline, "who has left is still held"
        time.sleep(0.1)


# uvicorn waits until its time-out.
@pytest.mark.parametrize(
    "server", [Serving, pytest.param(Uvicorn, marks=pytest.mark.matrix)], indirect=True
)
def test_a_shutdown_tells_every_page_and_ends(server, connected):
    (person,) = people(server.environment, 1)
    reader = connected(server.port, person.cookie(server.url))
    server.tell(signal.SIGTERM)
    reader.sees("is restarting")
    assert "</html>" in reader.seen
    assert server.ends(15) in {0, -signal.SIGTERM}  # uvicorn ends with the signal that it received


@pytest.mark.parametrize("has_begun", [True, False])
def test_daphne_drops_requests_that_wait_and_none_that_is_being_answered(has_begun):
    given_up: list[object] = []
    request: Any = DaphneRequest.__new__(DaphneRequest)
    request.server, request._response_started = SimpleNamespace(http_timeout=60), has_begun
    request.duration = lambda: 3600
    request.basic_error = lambda *words: given_up.append(words)
    request.finish = lambda: given_up.append("cut off")
    request.check_timeouts()
    assert bool(given_up) is not has_begun


@pytest.mark.parametrize("kind", [Nginx, Caddy])
def test_each_part_passes_a_proxy_at_once(kind, tmp_path, connected):
    proxy = kind(port := free_port()).start()
    server = Server(tmp_path, site_url=proxy.url)
    try:
        server.port, server.url = port, f"http://localhost:{port}"
        server.start()
        (person,) = people(server.environment, 1)
        reader = connected(proxy.port, person.cookie(proxy.url))
        assert reader.answer.getheader("X-Frame-Options") == "SAMEORIGIN"
        assert reader.answer.getheader("Content-Length") is None
    finally:
        server.stop()
        proxy.close()
