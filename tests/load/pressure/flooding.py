"""A client that only sends, in its own thread."""

import contextlib
import socket
import struct
import threading
import time

from tests.load.bench import wire

FINAL, PIECE = 0x80 | wire.TEXT, 0


class Flood(threading.Thread):
    """Send `chunk` a hundred times a second. `code` is 1006 without a close frame."""

    def __init__(
        self, host: str, key: str, chunk: bytes, seconds: float, first: bytes = b""
    ) -> None:
        super().__init__(daemon=True)
        self.host, self.key, self.chunk, self.first = host, key, chunk, first
        self.seconds = seconds
        self.cut_after, self.code = 0.0, 0

    def run(self) -> None:
        address, port = self.host.split(":")
        with socket.create_connection((address, int(port)), 10) as self.socket:
            self.socket.sendall(wire.handshake(self.host, self.key))
            self.rest = b""
            while b"\r\n\r\n" not in self.rest:
                self.rest += self.socket.recv(65_536)
            self.rest = self.rest.partition(b"\r\n\r\n")[2]
            if self.first:
                self.socket.sendall(wire.frame(self.first))
                time.sleep(0.3)
            self.began = time.monotonic()
            listener = threading.Thread(target=self._listen, daemon=True)
            listener.start()
            self._send()
            listener.join(20)

    def _send(self) -> None:
        with contextlib.suppress(OSError):
            number = 0
            # Send at least once, even if the thread started late.
            while not number or (
                (passed := time.monotonic() - self.began) < self.seconds and self.code != 1006
            ):
                if number and number / 100 > passed:
                    time.sleep(number / 100 - passed)
                self.socket.sendall(self.chunk)
                number += 1

    def _listen(self) -> None:
        try:
            while data := self.socket.recv(65_536):
                found, self.rest = wire.split(self.rest + data)
                if codes := [payload for kind, payload in found if kind == wire.CLOSE]:
                    return self._is_cut(struct.unpack("!H", codes[0][:2])[0])
        except OSError:
            pass
        self._is_cut(1006)

    def _is_cut(self, code: int) -> None:
        self.code, self.cut_after = code, time.monotonic() - self.began


def large(size: int, head: int = FINAL) -> bytes:
    """Return a frame of more than 64 kB with a mask of zeros."""
    return struct.pack("!BBQL", head, 0x80 | 127, size, 0) + b"x" * size


def in_pieces(count: int, size: int) -> bytes:
    """Return the beginning of an endless message, in frames of this size."""
    return large(size, wire.TEXT) + large(size, PIECE) * (count - 1)
