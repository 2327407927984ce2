"""One open page of the load: a socket, its peer, and unconfirmed frames."""

import contextlib
import socket
from dataclasses import dataclass

from tests.load.bench import page, wire

PORTS = 20_000  # connections from one address; Linux has about 28,000 ephemeral ports


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    cookie: str
    peer: int  # the peer's id


class Window:
    """`is_open` is set by the answer to its hello. `rest` starts an incomplete frame."""

    __slots__ = (
        "confirmation",
        "cursor",
        "is_open",
        "is_shaken",
        "message",
        "person",
        "rest",
        "socket",
    )

    def __init__(self, person: Person, place: int, host: str) -> None:
        self.person = person
        self.message = page.message(host, person.peer)
        self.confirmation = page.confirmation(host, person.peer)
        self.rest = self.cursor = b""
        self.is_shaken = self.is_open = False
        address, port = host.split(":")
        source = (f"127.0.0.{1 + place // PORTS}", 0)
        self.socket = socket.create_connection((address, int(port)), source_address=source)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.say(wire.handshake(host, person.cookie))

    def shake(self, host: str) -> None:
        """Say hello once the server has accepted the socket."""
        head, end, rest = self.rest.partition(b"\r\n\r\n")
        if not end:
            return
        if b" 101 " not in head.splitlines()[0]:
            raise ConnectionError(f"The server refused a socket: {head.splitlines()[0].decode()}")
        self.is_shaken, self.rest = True, rest
        self.say(wire.frame(page.hello(host, f"window-{self.person.id}", self.person.peer)))

    def say(self, data: bytes) -> None:
        # A socket closed by the server is detected and counted when reading.
        with contextlib.suppress(OSError):
            self.socket.sendall(data)

    def confirmed(self) -> bytes:
        """Return the confirmation of the last cursor, once."""
        if not self.cursor:
            return b""
        before, behind = self.confirmation
        cursor, self.cursor = self.cursor, b""
        return wire.frame(before + cursor + behind)
