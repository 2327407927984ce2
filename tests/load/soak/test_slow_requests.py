"""Slow requests over real connections: trickling ones end, slow ones complete."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from messaging.ops.server.http_connections import BODY, HEAD
from tests.support.serving import Serving

PAUSE = 5  # seconds between two bytes
NOTICED = 2 * PAUSE  # seconds until a client notices, because it must write twice
FORM = "POST /accounts/login/ HTTP/1.1"
KINDS = {
    "a head": (["GET / HTTP/1.1"], HEAD),
    "a handshake": (["GET /ws/chat/ HTTP/1.1", "Upgrade: websocket", "Connection: Upgrade"], HEAD),
    "a body": ([FORM, "Content-Length: 1000", ""], BODY),
    "a body in chunks": ([FORM, "Transfer-Encoding: chunked", "", "fff"], BODY),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Serving(tmp_path_factory.mktemp("server"))
    yield server.start()
    server.stop()


def connect(server, *lines: str) -> socket.socket:
    first, *others = lines
    wire = socket.create_connection(("127.0.0.1", server.port), 10)
    wire.sendall("\r\n".join([first, f"Host: localhost:{server.port}", *others, ""]).encode())
    return wire


def trickle(server, lines: list[str]) -> float:
    """Send one byte at a time. Return the seconds until the server disconnects."""
    with connect(server, *lines) as wire:
        began = time.monotonic()
        try:
            while time.monotonic() - began < 2 * BODY:
                wire.sendall(b"x")
                time.sleep(PAUSE)
        except OSError:
            pass
        return time.monotonic() - began


def phone(server, size: int = 100_000, rate: int = 20_000) -> bytes:
    with connect(server, FORM, f"Content-Length: {size}", "") as wire:
        for _ in range(size // rate):
            wire.sendall(b"x" * rate)
            time.sleep(1)
        return wire.recv(12)


def test_trickling_requests_are_ended_and_slow_ones_are_not(server, record_property):
    with ThreadPoolExecutor() as threads:
        honest = threads.submit(phone, server)
        lasted = dict(
            zip(
                KINDS,
                threads.map(lambda kind: trickle(server, kind[0]), KINDS.values()),
                strict=True,
            )
        )
    assert honest.result() == b"HTTP/1.1 403"
    for name, (_, limit) in KINDS.items():
        record_property(f"{name} that trickles lasts, in s", round(lasted[name]))
        assert limit - 1 <= lasted[name] <= limit + NOTICED
