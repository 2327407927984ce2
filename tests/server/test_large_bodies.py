"""A body over the limit is refused as soon as the limit is exceeded, under both servers."""

import asyncio
import socket

import pytest
from django.conf import settings

from messaging.domain.sizes import MAX_BODY
from tests.load.pressure.talk import Peak
from tests.support.http_client import FORM
from tests.support.people import people
from tests.support.serving import Serving, Uvicorn
from tests.support.window import Window

MB = 1_000_000
HUGE = 250 * MB
GROWTH = 16 * MB  # maximum growth of the process
WAIT = 5  # seconds that other clients may wait at most, on a busy machine


@pytest.fixture(scope="module", params=[Serving, Uvicorn])
def server(request, tmp_path_factory):
    server = request.param(tmp_path_factory.mktemp("bodies"))
    yield server.start()
    server.stop()


def begin(server, *headers: str, path="/accounts/login/") -> socket.socket:
    """Open a connection that declares a form and sends none of it."""
    wire = socket.create_connection(("127.0.0.1", server.port), 10)
    head = [f"POST {path} HTTP/1.1", f"Host: localhost:{server.port}", *headers]
    wire.sendall("\r\n".join([*head, f"Content-Type: {FORM}", "", ""]).encode())
    return wire


def length(size: int, is_chunked: bool) -> str:
    return "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {size}"


def read_to_the_end(wire: socket.socket) -> tuple[int, dict[str, str]]:
    """Return the status and headers of a response after which the server closes the connection."""
    data = b""
    while more := wire.recv(65_536):
        data += more
    status, *headers = data.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    return int(status.split()[1]), dict(header.lower().split(": ", 1) for header in headers)


def is_refused(wire: socket.socket) -> bool:
    status, headers = read_to_the_end(wire)
    dress = {name.lower(): value.lower() for name, value in settings.SECURITY_HEADERS.items()}
    dress["cache-control"] = "no-store"
    return status == 413 and dress.items() <= headers.items()


def in_chunks(wire: socket.socket, size: int) -> None:
    for _ in range(size // 50_000):
        wire.sendall(b"C350\r\n" + b"x" * 50_000 + b"\r\n")


def test_a_declared_large_body_is_refused_before_it_arrives(server):
    with begin(server, f"Content-Length: {MAX_BODY + 1}") as wire:
        assert is_refused(wire)
    huge = "Content-Length: 1" + "0" * 19
    with begin(server, huge, "Expect: 100-continue", path="/healthz") as wire:
        assert is_refused(wire)


def test_a_body_of_unknown_length_is_counted_as_it_arrives(server):
    with begin(server, "Transfer-Encoding: chunked") as wire:
        in_chunks(wire, MAX_BODY)
        wire.sendall(b"1\r\nx\r\n0\r\n\r\n")
        assert is_refused(wire)


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_of_exactly_the_limit_is_read(server, is_chunked):
    with begin(server, length(MAX_BODY, is_chunked)) as wire:
        if is_chunked:
            in_chunks(wire, MAX_BODY)
            wire.sendall(b"0\r\n\r\n")
        else:
            wire.sendall(b"x" * MAX_BODY)
        # Django has read it, and reports the missing CSRF token.
        assert b" 403 " in wire.recv(20)


def send(wire: socket.socket, blocks: list[bytes]) -> None:
    for block in blocks:
        wire.sendall(block)


def push(server, is_chunked: bool) -> None:
    """Send a huge body until the server stops reading."""
    block = b"F4240\r\n" + b"x" * MB + b"\r\n" if is_chunked else b"x" * MB
    with begin(server, length(HUGE, is_chunked)) as wire, pytest.raises(ConnectionError):
        send(wire, [block] * (HUGE // MB))


async def test_four_huge_bodies_at_once_cost_nothing_and_delay_no_request(server):
    alice, bob = await asyncio.to_thread(people, server.environment, 2)
    hers, his = await asyncio.gather(
        Window(server, alice, bob).opens(), Window(server, bob, alice).opens()
    )
    loop = asyncio.get_running_loop()
    async with Peak(server.pid) as peak:
        attack = asyncio.gather(
            *(asyncio.to_thread(push, server, is_chunked) for is_chunked in [True, False] * 2)
        )
        for number in range(5):
            said_at = loop.time()
            await hers.says(f"Do you hear me? {number}", bob)
            await his.until(lambda number=number: len(his.shown) > number)
            assert loop.time() - said_at < WAIT
        await attack
    assert peak.growth < GROWTH
    await hers.closes()
    await his.closes()
