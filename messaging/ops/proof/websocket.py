"""A minimal WebSocket client (RFC 6455).

Autobahn's asyncio client cannot be used here, because Daphne loads Autobahn's Twisted half.
"""

import asyncio
import base64
import contextlib
import secrets
import struct
from collections.abc import AsyncIterator

from django.conf import settings

from messaging.ops.proof.server import ProofServer

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
CHAT, FILES = "/ws/chat/", "/ws/files/"


class WebSocket:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, text: str) -> None:
        await self._send(TEXT, text.encode())

    async def send_bytes(self, data: bytes) -> None:
        await self._send(BINARY, data)

    async def frames(self) -> AsyncIterator[tuple[int, bytes]]:
        """Yield text and binary frames, each with its kind, until the connection ends."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while (frame := await self._read())[0] != CLOSE:
                if frame[0] == PING:
                    self._write(PONG, frame[1])
                elif frame[0] in {TEXT, BINARY}:
                    yield frame

    def cut(self) -> None:
        """Abort the connection without a close frame."""
        self.writer.transport.abort()

    async def _send(self, kind: int, payload: bytes) -> None:
        with contextlib.suppress(ConnectionError):
            self._write(kind, payload)
            await self.writer.drain()

    def _write(self, kind: int, payload: bytes) -> None:
        self.writer.write(bytes([0x80 | kind]) + _length(len(payload)) + bytes(4) + payload)

    async def _read(self) -> tuple[int, bytes]:
        first, length = await self.reader.readexactly(2)
        if length >= 126:
            length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8))
        return first & 0x0F, await self.reader.readexactly(length)


async def connect(server: ProofServer, session_key: str, path: str = CHAT) -> WebSocket:
    """Open a WebSocket of this session. Raise ConnectionError if the server refuses it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(_handshake(server, session_key, path))
    answer = await reader.readuntil(b"\r\n\r\n")
    if b" 101 " not in answer.splitlines()[0]:
        raise ConnectionError(f"The server refused a socket: {answer.splitlines()[0].decode()}")
    return WebSocket(reader, writer)


def _handshake(server: ProofServer, session_key: str, path: str) -> bytes:
    cookie = server.cookie_name(settings.SESSION_COOKIE_NAME)
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {server.host}",
        f"Origin: {server.url}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
        f"Cookie: {cookie}={session_key}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def _length(size: int) -> bytes:
    if size < 126:
        return bytes([0x80 | size])
    return (
        struct.pack("!BH", 0x80 | 126, size)
        if size < 65_536
        else struct.pack("!BQ", 0x80 | 127, size)
    )
