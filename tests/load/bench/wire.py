"""Write and read WebSocket frames like a browser (RFC 6455), with as little CPU time as Python
allows.

The load must not be the bottleneck. The `websockets` package, which our tests use, takes 44
microseconds to write one frame and read another, most of what a bare relay takes for a message;
these functions take 2, without the system calls.
"""

import base64
import secrets
import struct
from functools import cache

from tests.support.cookies import cookie

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
# Not zeros, because unmasking must cost as much as with a browser.
MASK = secrets.token_bytes(4)


def handshake(host: str, key: str) -> bytes:
    lines = [
        "GET /ws/chat/ HTTP/1.1",
        f"Host: {host}",
        f"Origin: http://{host}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(secrets.token_bytes(16)).decode()}",
        f"Cookie: {cookie(host, 'session', key)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def frame(payload: bytes, kind: int = TEXT) -> bytes:
    """Return a masked frame, as clients must send it."""
    size = len(payload)
    masked = (int.from_bytes(payload, "little") ^ _mask(size)).to_bytes(size, "little")
    return _head(kind, size) + masked


def split(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Return complete frames as (kind, payload), and the rest."""
    found, start, size = [], 0, len(data)
    while size - start >= 2:
        length, head = data[start + 1], start + 2
        if length >= 126:
            head += 2 if length == 126 else 8
            length = int.from_bytes(data[start + 2 : head], "big")
        if head + length > size:
            break
        found.append((data[start] & 0x0F, data[head : head + length]))
        start = head + length
    return found, data[start:]


@cache
def _mask(size: int) -> int:
    return int.from_bytes((MASK * (size // 4 + 1))[:size], "little")


@cache
def _head(kind: int, size: int) -> bytes:
    if size < 126:
        return bytes([0x80 | kind, 0x80 | size]) + MASK
    return struct.pack("!BBH", 0x80 | kind, 0x80 | 126, size) + MASK
