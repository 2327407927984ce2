"""Every way in which a window opens and closes. Its peer stays."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable

from websockets.exceptions import ConnectionClosed

from tests.load.soak.resources import MonitoredServer
from tests.support.people import Person
from tests.support.window import Window

HALF_A_FRAME = b"\x81\xfe\x04\x00" + bytes(100)  # a text of 1,024 characters, of which 96 come
AT_ONCE = 60  # more than the channel layer calls in one turn


async def closes(server: MonitoredServer, person: Person, peer: Person) -> None:
    """Say something, wait for the confirmation, and close."""
    window = await Window(server, person, peer).opens()
    await window.says("I was here.", to=peer)
    await window.until(lambda: bool(window.delivered))
    await window.closes()


async def is_cut(server: MonitoredServer, person: Person, peer: Person) -> None:
    """Cut the connection while an answer is on its way."""
    window = await Window(server, person, peer).opens()
    await window.says("I was here.", to=peer)
    await window.is_cut()


async def is_cut_in_a_message(server: MonitoredServer, person: Person, peer: Person) -> None:
    window = await Window(server, person, peer).opens()
    await window.is_cut(HALF_A_FRAME)


async def comes_back(server: MonitoredServer, person: Person, peer: Person) -> None:
    """Open a second socket before the first is closed."""
    window = await Window(server, person, peer).opens()
    first, reading = window.socket, window.reading
    await window.opens()
    assert first
    await first.close()
    await reading
    await window.closes()


async def omits_hello(server: MonitoredServer, person: Person, _: Person) -> None:
    window = Window(server, person)
    await window.connects()
    await window.closes()


async def is_cut_before_hello(server: MonitoredServer, person: Person, _: Person) -> None:
    """Cut the connection, perhaps during authentication."""
    window = Window(server, person)
    await window.connects()
    await window.is_cut()


async def is_cut_during_the_handshake(server: MonitoredServer, person: Person, _: Person) -> None:
    host, port = server.host.split(":")
    writer = (await asyncio.open_connection(host, int(port)))[1]
    writer.write(
        f"GET /ws/chat/ HTTP/1.1\r\nHost: {server.host}\r\n"
        f"Cookie: {person.cookie(server.host)}".encode()
    )
    await writer.drain()
    writer.transport.abort()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def is_anonymous(server: MonitoredServer, person: Person, _: Person) -> None:
    """Use an ended session."""
    window = Window(server, person._replace(key=secrets.token_hex(16)))
    await window.connects()
    await window.reading


WAYS: tuple[Callable[[MonitoredServer, Person, Person], Awaitable[None]], ...] = (
    closes,
    is_cut,
    is_cut_in_a_message,
    comes_back,
    omits_hello,
    is_cut_before_hello,
    is_cut_during_the_handshake,
    is_anonymous,
)


async def come_and_go(server: MonitoredServer, them: list[Person], windows: int) -> None:
    """Let this many windows come and go in each way. The first person stays."""
    host, *guests = them
    listener = await Window(server, host).opens()
    turns = iter(range(windows))

    async def guest(person: Person) -> None:
        for turn in turns:  # one shared iterator
            with contextlib.suppress(ConnectionClosed):
                await WAYS[turn % len(WAYS)](server, person, host)

    try:
        async with asyncio.TaskGroup() as group:
            for person in guests:
                group.create_task(guest(person))
    finally:
        await listener.closes()
