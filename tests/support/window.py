"""A page without a browser, with a real socket to a real server. It sends, shows and confirms
messages like a page. All load and fault tests use it, except for the benchmark, whose load must
cost less than the server.
"""

import asyncio
import json
import socket
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, Self
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from messaging.rendering.page_version import PAGE_VERSION
from tests.support import frame_parser
from tests.support.people import Person
from tests.support.screen import Screen

HOST = "127.0.0.1"
NEIGHBOURS = 500  # people per address, half of a server's limit


class Site(Protocol):
    """The address of a server, as a browser knows it."""

    @property
    def url(self) -> str: ...


class Window(Screen):
    """One open page of a person. `code` is the close code of its last socket, or 0 while that is
    open. Browsers request compression, which uvicorn accepts. `is_compressed=False` is for tests
    that count bytes. A slow page confirms each frame after `delay` seconds.
    """

    def __init__(
        self,
        site: Site,
        person: Person,
        *peers: Person,
        is_compressed: bool = True,
        delay: float = 0.0,
    ) -> None:
        super().__init__()
        self.site, self.person, self.peers = site, person, peers
        self.compression = "deflate" if is_compressed else None
        self.name, self.cursor = uuid.uuid4().hex, ""
        self.socket: ClientConnection | None = None
        self.code = self.frames = 0
        self.largest = 0  # the largest frame, in bytes
        self.is_answered = False
        self.confirms = True
        self.delay, self.late = delay, set[asyncio.Task]()
        self.news = asyncio.Event()

    @property
    def is_open(self) -> bool:
        return bool(self.socket) and not self.code

    # Connection

    async def opens(self) -> Self:
        await self.connects()
        return await self.arrives()

    async def arrives(self) -> Self:
        """Say hello, and wait for the answer. Raise ConnectionAbortedError if refused."""
        await self.says_hello()
        await self.until(lambda: self.is_answered or not self.is_open)
        if not self.is_answered:
            raise ConnectionAbortedError(
                f"The server ended a socket without an answer to its hello: {self.code}"
            )
        return self

    async def connects(self, port: int | None = None, buffer: int = 0) -> None:
        """Open a socket. A small `buffer` makes a client whose system reads little in advance."""
        self.socket = await connect(
            f"{self.site.url.replace('http', 'ws')}/ws/chat/",
            sock=await self._reaches(port or urlsplit(self.site.url).port or 80, buffer),
            origin=self.site.url,  # type: ignore[arg-type]
            additional_headers={"Cookie": self.person.cookie(self.site.url)},
            compression=self.compression,
            proxy=None,
            ping_interval=None,
            close_timeout=2,
            max_size=None,
        )
        self.code, self.is_answered, self.opened_at = 0, False, time.monotonic()
        self.reading = asyncio.create_task(self._read(self.socket))

    async def _reaches(self, port: int, buffer: int) -> socket.socket:
        raw = socket.socket()
        try:
            if buffer:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
            raw.bind((f"127.0.0.{1 + self.person.id // NEIGHBOURS % 250}", 0))
            raw.setblocking(False)
            await asyncio.get_running_loop().sock_connect(raw, (HOST, port))
        except BaseException:
            raw.close()
            raise
        return raw

    async def stalls(self) -> None:
        """Stop reading without closing."""
        self.reading.cancel()
        await asyncio.wait([self.reading])
        assert self.socket
        self.socket.transport.pause_reading()

    async def closes(self) -> None:
        if self.socket:
            await self.socket.close()
            await self._is_over()

    async def is_cut(self, unfinished: bytes = b"") -> None:
        """Cut the connection without a close frame."""
        if self.socket:
            if unfinished:
                self.socket.transport.write(unfinished)
                await asyncio.sleep(0)
            self.socket.transport.abort()
            await self.socket.wait_closed()
            await self._is_over()

    async def _is_over(self) -> None:
        with suppress(asyncio.CancelledError):  # it no longer reads after `stalls`
            await self.reading

    async def _read(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for frame in socket:
                await self._takes_in(str(frame))
        if socket is self.socket:  # it was not replaced by another one
            self.code = socket.close_code or 1006
            self.news.set()

    # Sending

    async def send(self, **frame: object) -> None:
        assert self.socket
        await self.socket.send(json.dumps(frame))

    async def says_hello(self, away: int = 0) -> None:
        panes = [str(peer.id) for peer in self.peers]
        hello = {"window": self.name, "cursor": self.cursor, "away": str(away), "pane": panes}
        await self.send(type="hello", version=PAGE_VERSION, **hello)

    async def says(self, text: str, to: Person) -> str:
        """Send a message, and return its id."""
        id = str(uuid.uuid4())
        await self.send(type="message", conversation=str(to.id), id=id, text=text)
        return id

    # Receiving

    def hears(self, frame: str) -> None:
        self.draws(frame)

    async def _takes_in(self, frame: str) -> None:
        self.frames += 1
        self.largest = max(self.largest, len(frame.encode()))
        self.hears(frame)
        if cursors := frame_parser.CURSOR.findall(frame):
            self.cursor, self.is_answered = cursors[-1], True
            if self.confirms and self.delay:
                self.late.add(asyncio.create_task(self._confirms_late(self.cursor)))
            elif self.confirms:
                await self.send(type="shown", cursor=self.cursor)
        self.news.set()

    async def _confirms_late(self, cursor: str) -> None:
        await asyncio.sleep(self.delay)
        with suppress(ConnectionClosed):
            await self.send(type="shown", cursor=cursor)

    async def until(self, is_so: Callable[..., bool], seconds: float = 60) -> None:
        """Wait until the condition is true, but at most this many seconds."""
        async with asyncio.timeout(seconds):
            while not is_so():
                self.news.clear()
                await self.news.wait()
