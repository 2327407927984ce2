"""Ends of real sockets, on the bytes of a browser: they read and confirm as a page does, until they are told to stop.

One process plays all of them, so they do no more than they must.
"""

import asyncio
import contextlib
import json
import re
import socket
import struct
import time
import uuid

from tests.bench import page, wire

PRESENCE = re.compile(rb'data-online="([\d ]*)" data-offline="([\d ]*)"')
REFUSED = re.compile(rb"#fate-([0-9a-f-]{36}),")
DELIVERED = re.compile(rb"#state-\d+-([0-9a-f-]{36}),#elsewhere\">\s*<span class=\"state state--delivered\"")
TEXT = re.compile(rb'id="message-\d+-([0-9a-f-]{36})"')
PATIENCE = 60
NEIGHBOURS = 500  # sockets from one address: half of what a server takes


class End:
    """One page's socket. `shown`, `delivered` and `refused` name messages, in the order in which they came."""

    def __init__(self, host: str, person: tuple[int, str], window: str = "") -> None:
        self.host, (self.id, self.key) = host, person
        self.window = window or uuid.uuid4().hex
        self.cursor = ""
        self.shown: list[str] = []
        self.shown_at: dict[str, float] = {}
        self.delivered: list[str] = []
        self.refused: list[str] = []
        self.offline: list[int] = []
        self.words = b""  # what was said to it that is no message, lately
        self.code = 0
        self.news = asyncio.Event()
        self.reading: asyncio.Task | None = None
        self.is_connected = False

    async def opens(self, *, buffer: int = 0) -> "End":
        await self.shakes(buffer)
        await self.arrives()
        return self

    async def shakes(self, buffer: int = 0) -> None:
        """Its handshake; a `buffer` of some bytes makes for a reader whose system takes little on its behalf."""
        address, port = self.host.split(":")
        raw = socket.socket()
        if buffer:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        raw.bind((f"127.0.0.{1 + self.id // NEIGHBOURS}", 0))
        raw.setblocking(False)
        await asyncio.get_running_loop().sock_connect(raw, (address, int(port)))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader, self.writer = await asyncio.open_connection(sock=raw)
        self.is_connected = True
        self.writer.write(wire.handshake(self.host, self.key))
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head.splitlines()[0], head
        self.reading = asyncio.create_task(self._read())

    async def arrives(self) -> None:
        before = self.cursor
        self.says(type="hello", window=self.window, cursor=before, away="1", pane=[])
        await self.until(lambda: self.cursor != before or bool(self.code))

    def says(self, **frame: object) -> None:
        self.writer.write(wire.frame(json.dumps(frame).encode()))

    def tells(self, peer: "End", text: str) -> str:
        id = str(uuid.uuid4())
        self.says(type="message", peer=str(peer.id), id=id, text=text)
        return id

    async def until(self, is_so, seconds: float = PATIENCE) -> None:
        async with asyncio.timeout(seconds):
            while not is_so():
                self.news.clear()
                await self.news.wait()

    async def stalls(self) -> None:
        """Reads nothing any more, and ends nothing."""
        assert self.reading
        self.reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.reading

    async def closes(self) -> None:
        if self.reading:
            self.reading.cancel()
        if self.is_connected:
            self.writer.transport.abort()
            with contextlib.suppress(OSError):
                await self.writer.wait_closed()

    async def _read(self) -> None:
        rest = b""
        with contextlib.suppress(OSError):
            while data := await self.reader.read(262_144):
                found, rest = wire.split(rest + data)
                for kind, payload in found:
                    self._take_in(kind, payload)
                self.news.set()
        self.code = self.code or 1006
        self.news.set()

    def _take_in(self, kind: int, payload: bytes) -> None:
        if kind == wire.PING:
            self.writer.write(wire.frame(payload, wire.PONG))
        elif kind == wire.CLOSE:
            self.code = struct.unpack("!H", payload[:2])[0] if payload else 1005
            self.writer.write(wire.frame(payload, wire.CLOSE))
        else:
            self._show(payload)

    def _show(self, html: bytes) -> None:
        now = time.monotonic()
        for id in TEXT.findall(html):
            self.shown.append(id.decode())
            self.shown_at.setdefault(id.decode(), now)
        self.delivered += [id.decode() for id in DELIVERED.findall(html)]
        self.refused += [id.decode() for id in REFUSED.findall(html)]
        for _, offline in PRESENCE.findall(html):
            self.offline += [int(id) for id in offline.split()]
        if len(html) < 5_000:
            self.words = (self.words + html)[-50_000:]
        if cursor := page.cursor(html):
            self.cursor = cursor.decode()
            self.says(type="shown", cursor=self.cursor)
