"""Slow requests are ended by time limits, using the server's connections with a fake clock."""

import asyncio

import pytest
from daphne.server import Server  # type: ignore[import-untyped]  # before anything of Twisted: it chooses the reactor
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from messaging.domain.sizes import MAX_BODY
from messaging.ops.server.http_connections import BODY, HEAD, READ_TIMEOUT, DaphneFactory

KB = 1_000
PAUSE = 5  # seconds between two bytes of an attacker
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Connection:
    """The client's end of a connection."""

    def __init__(self, application) -> None:
        server = Server(application, ["none"])
        server.connections, self.clock = {}, Clock()
        factory = DaphneFactory(server)
        factory.reactor = self.clock
        self.channel, self.transport = factory.buildProtocol(None), StringTransport()
        self.transport.protocol = self.channel  # type: ignore[attr-defined]
        self.channel.makeConnection(self.transport)

    async def sends(self, data: bytes, each: int, pause: float = PAUSE) -> float:
        """Send this many bytes at a time. Return the seconds until the server disconnects."""
        began = self.clock.seconds()
        for start in range(0, len(data), each):
            if self.is_ending:
                break
            self.channel.dataReceived(data[start : start + each])
            self.clock.advance(pause)
        await asyncio.sleep(0)  # the application answers
        return self.clock.seconds() - began

    @property
    def is_ending(self) -> bool:
        return self.transport.disconnecting

    @property
    def answers(self) -> int:
        return self.transport.value().count(b"HTTP/1.1 200")


async def answering(scope, receive, send):
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


async def streaming(scope, receive, send):
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"It goes on.", "more_body": True})


@pytest.fixture
def connection():
    return Connection(answering)


def post(size: int) -> bytes:
    return f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n".encode()


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"x" * 100,
        GET.replace(b"\r\n\r\n", b"\r\nX: " + b"x" * 100),
        b"GET /ws/chat/ HTTP/1.1\r\nUpgrade: websocket\r\nX: ",
    ],
)
async def test_a_trickling_head_has_a_minute(connection, head):
    assert await connection.sends(head, each=1) == HEAD
    assert connection.is_ending


@pytest.mark.parametrize("kind", ["Content-Length: 100", "Transfer-Encoding: chunked"])
async def test_a_trickling_body_has_two_minutes(connection, kind):
    head = f"POST / HTTP/1.1\r\nHost: localhost\r\n{kind}\r\n\r\n"
    connection.channel.dataReceived(head.encode())
    assert await connection.sends(b"1\r\nx\r\n" * 20, each=1) == BODY
    assert connection.is_ending
    assert connection.answers == 0


@pytest.mark.parametrize(("size", "rate"), [(100 * KB, 20 * KB), (MAX_BODY, 9 * KB)])
async def test_a_report_over_a_slow_connection_is_accepted(connection, size, rate):
    connection.channel.dataReceived(post(size))
    await connection.sends(b"x" * size, each=rate, pause=1)
    assert connection.answers == 1
    assert not connection.is_ending


async def test_an_idle_connection_between_two_requests_stays(connection):
    for number in range(1, 4):
        connection.channel.dataReceived(GET)
        await asyncio.sleep(0)
        connection.clock.advance(HEAD - 1)
        assert connection.answers == number
    connection.channel.dataReceived(post(2))  # with a new time limit
    connection.clock.advance(BODY - 1)
    connection.channel.dataReceived(b"ok")
    await asyncio.sleep(0)
    assert connection.answers == 4
    connection.clock.advance(HEAD - 1)
    assert not connection.is_ending
    connection.clock.advance(1)
    assert connection.is_ending


async def test_an_endless_response_is_not_cut_off():
    connection = Connection(streaming)
    connection.channel.dataReceived(GET)
    await asyncio.sleep(0)
    connection.clock.advance(24 * 3600)
    assert b"It goes on." in connection.transport.value()
    assert not connection.is_ending


async def test_a_response_that_is_not_read_is_cut_off(connection):
    connection.channel.dataReceived(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    await asyncio.sleep(0)
    assert connection.is_ending
    connection.clock.advance(READ_TIMEOUT - 1)
    assert not connection.transport.disconnected
    connection.clock.advance(1)
    assert connection.transport.disconnected
