"""Every way in which a window comes and goes. Its peer, if it needs one, is a window that stays
meanwhile.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable

from websockets.exceptions import ConnectionClosed

from tests.load.soak.resources import MonitoredServer
from tests.support.people import Person
from tests.support.window import Window

HALF_A_FRAME = b"\x81\xfe\x04\x00" + bytes(100)  # a text of 1,024 characters, of which 96 come
AT_ONCE = 60  # more than the layer tells of something in one go


async def closes(server: MonitoredServer, person: Person, peer: Person) -> None:
    """Says something, knows that it was shown, and says goodbye."""
    window = await Window(server, person, peer).opens()
    await window.says("I was here.", to=peer)
    await window.until(lambda: bool(window.delivered))
    await window.closes()


async def is_cut(server: MonitoredServer, person: Person, peer: Person) -> None:
    """With an answer on its way."""
    window = await Window(server, person, peer).opens()
    await window.says("I was here.", to=peer)
    await window.is_cut()


async def is_cut_in_a_message(server: MonitoredServer, person: Person, peer: Person) -> None:
    window = await Window(server, person, peer).opens()
    await window.is_cut(HALF_A_FRAME)


async def comes_back(server: MonitoredServer, person: Person, peer: Person) -> None:
    """The same window, a second socket before the first is given up."""
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
    """Perhaps while the server still asks who that is."""
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
    """A session that is over."""
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
    """So many, in one way after the other, each of these people with one at a time; the first of
    them listens.
    """
    host, *guests = them
    listener = await Window(server, host).opens()
    turns = iter(range(windows))

    async def guest(person: Person) -> None:
        for turn in turns:  # one iterator for all: each takes the next
            with contextlib.suppress(ConnectionClosed):
                await WAYS[turn % len(WAYS)](server, person, host)

    try:
        async with asyncio.TaskGroup() as group:
            for person in guests:
                group.create_task(guest(person))
    finally:
        await listener.closes()
