"""`manage.py serve` as a process: start, answers and shutdown."""

import asyncio
import http.client
import signal
import socket
import sys
import time

import pytest
from django.core.management import CommandError, call_command

from messaging.consumers.close_codes import RESTARTING
from messaging.ops.server.process import TIMES
from tests.support.fresh_copy import make_copy, manage
from tests.support.people import people
from tests.support.serving import Serving
from tests.support.window import Window

WINDOWS = 30

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process may do")


@pytest.fixture(scope="module")
def fresh_copy(tmp_path_factory):
    return make_copy(tmp_path_factory.mktemp("sotto"))


@pytest.fixture
def server(tmp_path):
    server = Serving(tmp_path)
    yield server.start()
    server.stop()


def ask(wire, path):
    """Return the answer over a persistent connection."""
    wire.request("GET", path)
    answer = wire.getresponse()
    return answer.status, answer.read().decode()


def handshake(server, person, *headers):
    """Return a socket and the answer to its handshake. It never reads anything else."""
    wire = socket.create_connection(("127.0.0.1", server.port), 5)
    lines = [
        "GET /ws/chat/ HTTP/1.1",
        f"Host: localhost:{server.port}",
        f"Origin: {server.url}",
        *("Upgrade: websocket", "Connection: Upgrade"),
        *("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="),
        f"Cookie: {person.cookie(server.url)}",
        *headers,
    ]
    wire.sendall("\r\n".join([*lines, "", ""]).encode())
    return wire, wire.recv(4096).decode().lower()


async def test_it_reveals_neither_itself_nor_its_clients(server):
    assert server.asks("/healthz") == (200, "ok\n")
    assert server.asks("/readyz") == (200, "ready\n")
    assert server.asks("/metrics")[0] == 200
    assert server.asks("/metrics", **{"X-Forwarded-For": "203.0.113.7"})[0] == 404
    assert server.asks("/people/?q=somebody")[0] == 200
    (person,) = await asyncio.to_thread(people, server.environment, 1)
    wire, answer = await asyncio.to_thread(handshake, server, person)
    wire.close()
    assert answer.startswith("http/1.1 101")
    assert "server:" not in answer
    for path in ("/", "/healthz", "/nothing", "/static/nothing"):
        assert "server" not in server.headers(path)
    log = server.log.read_text()
    assert "Serving http://localhost" in log
    for word in ("healthz", "people", "somebody", "GET", "127.0.0.1:", "203.0.113.7"):
        assert word not in log


@linux
def test_its_memory_is_not_written_to_a_file_when_it_crashes(server):
    assert server.limit("Max core file size") == "0"


def test_no_socket_is_closed_by_a_time_limit():
    assert TIMES["websocket_timeout"] == -1


async def test_a_shutdown_tells_every_window_and_ends_in_time(server):
    them = await asyncio.to_thread(people, server.environment, WINDOWS)
    windows = await asyncio.gather(*(Window(server, person).opens() for person in them))
    stuck, _ = await asyncio.to_thread(handshake, server, them[0])
    everybody = f"sotto_windows {WINDOWS + 1}.0"
    async with asyncio.timeout(30):  # the last one is accepted, but may not be authenticated yet
        while everybody not in (await asyncio.to_thread(server.asks, "/metrics"))[1]:
            pass
    wire = http.client.HTTPConnection("localhost", server.port, timeout=10)
    assert await asyncio.to_thread(ask, wire, "/readyz") == (200, "ready\n")
    began = time.monotonic()
    server.tell()
    # The window that doesn't close delays the shutdown. Meanwhile, new connections are refused.
    while (answer := await asyncio.to_thread(ask, wire, "/readyz"))[0] == 200:
        pass
    assert answer == (503, "not ready: the server is being restarted\n")
    assert await asyncio.to_thread(ask, wire, "/healthz") == (200, "ok\n")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), 5)
    wire.close()
    assert await asyncio.to_thread(server.ends) == 0
    assert time.monotonic() - began < 10
    await asyncio.gather(*(window.reading for window in windows))
    assert [window.code for window in windows] == [RESTARTING] * WINDOWS
    stuck.close()
    assert "ERROR" not in server.log.read_text()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_running_request_is_answered_before_the_shutdown(server, how):
    wire = http.client.HTTPConnection("localhost", server.port, timeout=10)
    assert await asyncio.to_thread(ask, wire, "/healthz") == (200, "ok\n")
    wire.request("GET", "/accounts/login/")
    await asyncio.sleep(0.01)
    server.tell(how)
    assert (await asyncio.to_thread(wire.getresponse)).status == 200
    wire.close()
    assert await asyncio.to_thread(server.ends) == 0


def test_a_taken_port_is_reported(fresh_copy):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = manage(fresh_copy, "serve", "--port", str(port), SECRET_KEY="x" * 50)
    assert refused.returncode == 1
    assert f"Cannot listen at 127.0.0.1, port {port}: Address already in use" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("port", ["0", "65536", "٨٠"])
def test_invalid_numbers_are_refused_with_an_explanation(port):
    with pytest.raises(CommandError, match="--port: a whole number from 1 to 65535"):
        call_command("serve", "--port", port)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (
            ["--workers", "2"],
            "unrecognized arguments: --workers 2",
        ),  # an option of earlier releases
        (["--host", "nowhere.invalid"], "Cannot listen at nowhere.invalid"),
    ],
)
def test_impossible_options_are_refused_with_an_explanation(fresh_copy, words, why):
    refused = manage(fresh_copy, "serve", *words, SECRET_KEY="x" * 50)
    assert refused.returncode != 0
    assert why in refused.stderr
    assert "Traceback" not in refused.stderr


def test_settings_that_store_messages_are_refused(fresh_copy):
    refused = manage(fresh_copy, "serve", DEBUG="on", SITE_URL="https://chat.example.org")
    assert refused.returncode != 0
    assert "sotto.E006" in refused.stderr


def test_warnings_are_printed_before_the_start(tmp_path):
    server = Serving(tmp_path)
    try:
        server.start()
        assert "security.W" in server.log.read_text()
    finally:
        server.stop()
