"""The file sockets of this process, their limits, and each transfer's share of the chunk memory."""

import asyncio
from typing import Protocol

from messaging.files.refusals import Busy
from messaging.files.side import Side, Socket

MAX_PER_PERSON = 10  # sockets, including those that have not sent their first frame
MAX_PER_PROCESS = 200

# Chunks in transit in this process. Each can occupy the event loop for 0.4 ms and delay a message.
POOL = 24
MAX_SHARE = 8  # chunks of one transfer, which allow 2.5 MB/s if a confirmation takes 0.2 s


class OpenSocket(Socket, Protocol):
    side: Side | None
    task: asyncio.Task | None


class Registry:
    def __init__(self) -> None:
        self.sockets: set[OpenSocket] = set()

    def add(self, socket: OpenSocket) -> None:
        """Add a socket, or raise Busy."""
        own = sum(each.person_id == socket.person_id for each in self.sockets)
        if own >= MAX_PER_PERSON or len(self.sockets) >= MAX_PER_PROCESS:
            raise Busy
        self.sockets.add(socket)

    def remove(self, socket: OpenSocket) -> None:
        self.sockets.discard(socket)

    def admit(self, side: Side) -> Side:
        """Return the side, or raise Busy if its person has too many of its kind. A sender that
        replaces another one of the same transfer does not count twice.
        """
        others = {
            each.transfer
            for each in self._sides(type(side))
            if each.socket.person_id == side.socket.person_id
        }
        if len(others - {side.transfer}) >= side.LIMIT:
            raise Busy
        return side

    def size(self, kind: type[Side]) -> int:
        """Return the number of sides of this kind."""
        return len(self._sides(kind))

    def share(self) -> int:
        """Return how many chunks each transfer may have in transit."""
        transfers = {each.transfer for each in self._sides(Side)}
        return max(1, min(MAX_SHARE, POOL // max(1, len(transfers))))

    def _sides(self, kind: type[Side]) -> list[Side]:
        return [each.side for each in self.sockets if isinstance(each.side, kind)]


registry = Registry()
