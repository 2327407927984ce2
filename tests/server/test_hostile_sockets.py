"""Attacks that don't reach the application: pings, pongs, fragments and unread answers."""

import asyncio
import json
import socket
import struct
import time
import uuid
from typing import Any

import pytest
from daphne.server import Server  # type: ignore[import-untyped]  # before anything of Twisted: it chooses the reactor
from daphne.ws_protocol import WebSocketFactory  # type: ignore[import-untyped]
from django.conf import settings
from twisted.internet.address import IPv4Address
from twisted.internet.testing import StringTransport

from messaging.domain.sizes import MAX_SOCKET_FRAME
from messaging.ops.server.http_connections import DaphneFactory
from messaging.ops.server.sockets import MOST_FRAGMENTS, READ_TIMEOUT, DaphneSocket
from messaging.rate_limits import FRAMES
from messaging.rendering.page_version import PAGE_VERSION
from tests.load.bench import wire
from tests.load.pressure.talk import Peak
from tests.support.people import Person, people
from tests.support.serving import Serving
from tests.support.window import Window

MB = 1_000_000
# Empty fragments of one message, and one that looks like the end of an HTTP head.
FIRST, NEXT, LAST = (bytes([head, 0x80, 1, 2, 3, 4]) for head in (wire.TEXT, 0, 0x80))
BLANK_LINE = bytes([0x80 | wire.TEXT, 0x84, 0, 0, 0, 0]) + b"\r\n\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
ATTACKS = {
    "pings": wire.frame(b"x" * 125, wire.PING) * 100,
    "pongs that nobody asked for": wire.frame(b"x" * 125, wire.PONG) * 100,
    "a message of endless empty parts": NEXT * 1_000,
}
PATIENCE = 8  # seconds until an attack must be stopped, on a busy machine
GROWTH = 8 * MB


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Serving(tmp_path_factory.mktemp("hostile"))
    yield server.start()
    server.stop()


def attack(server, person, chunk: bytes) -> float:
    """Send a chunk repeatedly without reading. Return the seconds until the server disconnects."""
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as raw:
        raw.sendall(wire.handshake(f"localhost:{server.port}", person.key) + FIRST)
        assert b" 101 " in raw.recv(65_536)
        began = time.monotonic()
        with pytest.raises(ConnectionError):
            send_for(raw, chunk, PATIENCE)
        return time.monotonic() - began


def send_for(raw: socket.socket, chunk: bytes, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        raw.sendall(chunk)


async def test_control_frames_are_counted_too(server, record_property):
    alice, bob, carol = await asyncio.to_thread(people, server.environment, 3)
    hers, his = await asyncio.gather(
        Window(server, alice, bob).opens(), Window(server, bob, alice).opens()
    )
    for name, chunk in ATTACKS.items():
        async with Peak(server.pid) as peak:
            lasted = asyncio.to_thread(attack, server, carol, chunk)
            record_property(f"{name}: cut after, in s", round(await lasted, 2))
        record_property(f"{name}: grown by, in MB", round(peak.growth / MB, 1))
        assert peak.growth < GROWTH
        await hers.says(name, bob)
        await his.until(lambda name=name: name in his.heard_of(alice))
    for window in (hers, his):
        await window.closes()
    assert "ERROR" not in server.log.read_text()


def hello_and(text: str, to: Person) -> bytes:
    """Return the first two frames of a page: a hello, and a message."""
    page = {"version": PAGE_VERSION, "window": uuid.uuid4().hex}
    hello = {"type": "hello", **page, "cursor": "", "away": "0", "pane": []}
    message = {
        "type": "message",
        "conversation": str(to.id),
        "id": str(uuid.uuid4()),
        "text": text,
    }
    return b"".join(wire.frame(json.dumps(frame).encode()) for frame in (hello, message))


async def test_frames_sent_together_with_the_handshake_are_read(server):
    alice, bob = await asyncio.to_thread(people, server.environment, 2)
    his = await Window(server, bob, alice).opens()
    # 48 kB in escaped JSON.
    text = "\N{SMILING FACE WITH OPEN MOUTH}" * settings.MESSAGE_MAX_LENGTH
    handshake = wire.handshake(f"localhost:{server.port}", alice.key)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(handshake + hello_and(text, bob))
    await his.until(lambda: text in his.heard_of(alice))
    assert b" 101 " in await reader.readline()
    writer.close()
    await his.closes()


async def test_a_socket_requested_together_with_a_page_works(server):
    alice, bob = await asyncio.to_thread(people, server.environment, 2)
    his = await Window(server, bob, alice).opens()
    page = f"GET /accounts/login/ HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(page + wire.handshake(f"localhost:{server.port}", alice.key))
    await reader.readuntil(b" 101 Switching Protocols\r\n")
    await asyncio.sleep(0.2)  # the page is done
    writer.write(hello_and("after a page", bob))
    await his.until(lambda: "after a page" in his.heard_of(alice))
    writer.close()
    await his.closes()
    assert "ERROR" not in server.log.read_text()


def test_frames_after_a_refused_handshake_are_not_read(server):
    refused = wire.handshake(f"localhost:{server.port}", "").replace(b"Version: 13", b"Version: 12")
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as raw:
        raw.sendall(refused + GET)
        answer = b"".join(iter(lambda: raw.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert answer.count(b"HTTP/1.1") == 1


# The same in this process, with a transport that is full on demand.


async def accepting(scope, receive, send):
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass


def upgraded(application, behind: bytes = b"") -> Any:
    """Return a connection after the head of a handshake and bytes sent with it."""
    server = Server(application, ["none"])
    server.connections, server.ws_factory = {}, WebSocketFactory(server)
    server.ws_factory.protocol = DaphneSocket
    address = IPv4Address("TCP", "127.0.0.1", 1)
    transport: Any = StringTransport(address, address)
    transport.protocol = channel = DaphneFactory(server).buildProtocol(address)
    channel.makeConnection(transport)
    channel.dataReceived(wire.handshake("localhost", "") + behind)
    return transport.protocol


@pytest.fixture
async def connection(monkeypatch):
    """Return an open socket whose time is `connection.now`."""
    connection = upgraded(accepting)
    connection.now = 1_000.0
    monkeypatch.setattr("messaging.ops.server.sockets.monotonic", lambda: connection.now)
    await asyncio.sleep(0)  # the application accepts
    assert connection.state == DaphneSocket.STATE_OPEN
    connection.transport.clear()
    yield connection
    connection.connectionLost()
    await asyncio.sleep(0)


def pong(payload: bytes) -> bytes:
    return struct.pack("!BB", 0x80 | wire.PONG, len(payload)) + payload


async def test_pings_are_answered_and_of_those_that_wait_only_the_last(connection):
    connection.dataReceived(wire.frame(b"one", wire.PING))
    assert connection.transport.value() == pong(b"one")
    connection.pauseProducing()
    connection.dataReceived(wire.frame(b"two", wire.PING) + wire.frame(b"three", wire.PING))
    assert connection.transport.value() == pong(b"one")
    connection.resumeProducing()
    assert connection.transport.value() == pong(b"one") + pong(b"three")


async def test_a_client_that_reads_nothing_for_a_minute_is_disconnected(connection):
    connection.pauseProducing()
    connection.now += READ_TIMEOUT
    connection.check_timeouts()
    assert not connection.transport.disconnected
    connection.now += 1
    connection.check_timeouts()
    assert connection.transport.disconnected


async def test_a_client_that_reads_late_stays_connected(connection):
    for _ in range(10):
        connection.pauseProducing()
        connection.now += READ_TIMEOUT
        connection.resumeProducing()
    connection.check_timeouts()
    assert connection.state == DaphneSocket.STATE_OPEN
    assert not connection.transport.disconnected


async def test_a_client_that_closes_without_reading_is_disconnected_as_well(connection):
    connection.dataReceived(wire.frame(struct.pack("!H", 1000), wire.CLOSE))
    assert connection.transport.disconnecting
    connection.now += READ_TIMEOUT + 1
    connection.check_timeouts()
    assert connection.transport.disconnected


async def test_pings_at_a_pace_that_a_page_could_have_are_accepted(connection):
    ping = wire.frame(b"", wire.PING)
    for _ in range(60):
        connection.dataReceived(ping * int(FRAMES.per_second))
        connection.now += 1
    assert connection.state == DaphneSocket.STATE_OPEN
    connection.dataReceived(ping * (FRAMES.burst + 1))
    assert connection.transport.disconnected


@pytest.mark.parametrize(
    ("parts", "is_dropped"), [(MOST_FRAGMENTS, False), (MOST_FRAGMENTS + 1, True)]
)
async def test_the_number_of_parts_of_a_message_is_limited(connection, parts, is_dropped):
    for _ in range(3):
        connection.dataReceived(FIRST + NEXT * (parts - 2) + LAST)
        connection.now += 60
    assert connection.transport.disconnected is is_dropped


# Before the handshake is answered


class DelayedHandshake:
    """An application that answers a handshake when told to, and records events."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.may_answer = asyncio.Event()

    async def __call__(self, scope, receive, send):
        self.heard.append((await receive())["type"])
        await self.may_answer.wait()
        await send({"type": "websocket.accept"})
        while "websocket.disconnect" not in self.heard:
            self.heard.append((await receive())["type"])


async def turns() -> None:
    """Let the application run until it waits."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_frames_before_the_handshake_answer_are_read_after_it():
    application = DelayedHandshake()
    connection = upgraded(application, BLANK_LINE)
    connection.dataReceived(BLANK_LINE)
    assert connection.transport.value() == b""
    application.may_answer.set()
    await turns()
    assert application.heard == ["websocket.connect", *["websocket.receive"] * 2]
    connection.connectionLost()
    await turns()


@pytest.mark.parametrize("behind", [wire.handshake("localhost", ""), GET])
async def test_bytes_after_a_handshake_are_never_taken_for_another_one(behind):
    application = DelayedHandshake()
    connection = upgraded(application, behind)
    application.may_answer.set()
    await turns()
    assert connection.transport.value().count(b"HTTP/1.1") == 1
    assert connection.transport.disconnected
    connection.connectionLost()
    await turns()
    assert application.heard == ["websocket.connect", "websocket.disconnect"]


@pytest.mark.parametrize(
    ("size", "is_dropped"), [(MAX_SOCKET_FRAME, False), (MAX_SOCKET_FRAME + 1, True)]
)
async def test_a_client_that_floods_before_the_handshake_answer_is_disconnected(size, is_dropped):
    application = DelayedHandshake()
    connection = upgraded(application, b"x" * 1_000)
    connection.dataReceived(b"x" * (size - 1_000))
    assert connection.transport.disconnected is is_dropped
    assert len(connection.data) <= MAX_SOCKET_FRAME
    connection.connectionLost()
    await turns()
