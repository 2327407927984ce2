"""The base class of both sides of a transfer."""

import time
from contextlib import suppress
from typing import ClassVar, Protocol

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from messaging.consumers import close_codes
from messaging.delivery.background import run_in_background
from messaging.domain.messages import StateUnavailable
from messaging.files.refusals import Closed
from messaging.files.writer import Writer
from messaging.people import blocks

# Seconds
LOST = 4.0  # of silence from the other socket, whose process may have been killed
STALLED = 30.0  # without progress

# These codes also close the other socket. After other codes, it reports an interruption.
SHARED = {close_codes.REPLACED, close_codes.STOPPED, close_codes.GONE}


class Socket(Protocol):
    """What a side needs of its socket."""

    channel: str
    writer: Writer

    @property
    def person_id(self) -> int: ...

    async def close(self, code: int, text: str = "") -> None: ...


class Side:
    """One side of a transfer. `other` is the channel of the other socket, or "" while there is
    none.
    """

    LIMIT: ClassVar[int]  # per person and process

    def __init__(self, socket: Socket, peer_id: int, message: str) -> None:
        self.socket, self.peer_id, self.message = socket, peer_id, message
        self.other, self.heard_at = "", time.monotonic()
        self.moved_at = self.heard_at  # when the transfer last made progress
        self.code = 0  # the close code, if the page has stopped the transfer
        self.is_blocked = False  # whether the other person blocks this one

    @property
    def transfer(self) -> str:
        """Return the channel of the recipient's socket, which is the same for both sides."""
        raise NotImplementedError

    @property
    def is_stalled(self) -> bool:
        return time.monotonic() - self.moved_at > STALLED

    async def begin(self) -> None:
        """Start the transfer after it was authorised."""
        raise NotImplementedError

    async def receive(self, event: dict) -> None:
        """Handle what the page sends, or raise Closed."""
        raise NotImplementedError

    def hear(self, event: dict) -> None:
        """Handle what the other socket sends."""
        raise NotImplementedError

    def lose(self) -> None:
        """Handle the loss of the other socket."""
        raise NotImplementedError

    async def tick(self) -> None:
        """Check the transfer about once a second."""
        if self.other:
            await self.tell("file.alive")
            if time.monotonic() - self.heard_at > LOST:
                self.lose()

    def on_event(self, event: dict) -> None:
        """Handle an event of the channel layer."""
        match event["type"]:
            case "messages.withdrawn":
                if self._is_withdrawn(event):
                    self.close(close_codes.WITHDRAWN)
            case "layer.reconnected":  # chunks may have been lost
                self.lose()
            case "file.ended" if event["from"] == self.other:
                if event["code"] in SHARED:
                    self.close(event["code"])
                else:
                    self.lose()
            case _ if self.other and event.get("from") == self.other:
                self.heard_at = time.monotonic()
                self.hear(event)

    def _is_withdrawn(self, event: dict) -> bool:
        people = {self.socket.person_id, self.peer_id}
        return people == set(event["people"]) and event["data"].decode() in ("", self.message)

    async def check_blocks(self) -> None:
        """Raise Closed if this person has blocked the other. A blocked person must not notice, so
        their side behaves as if the other page were gone.
        """
        found = await database_sync_to_async(blocks.load)(self.socket.person_id)
        if self.peer_id in found.mine:
            raise Closed(close_codes.WITHDRAWN)
        self.is_blocked = self.peer_id in found.theirs

    async def stop(self, code: int = close_codes.STOPPED) -> None:
        """Close both sockets at the page's request."""
        self.code = code
        await self.socket.close(1000)

    async def end(self, code: int) -> None:
        """Tell the other socket that this one closes."""
        code, former, self.other = self.code or code, self.other, ""
        await self.leave(former, code if code in SHARED else close_codes.FAILED)

    async def leave(self, former: str, code: int) -> None:
        """Tell another socket to close with this code. Without Redis, it times out later."""
        if former:
            with suppress(StateUnavailable):
                await self.tell("file.ended", to=former, code=code)

    def close(self, code: int, text: str = "") -> None:
        run_in_background(self.socket.close(code, text))

    async def tell(self, kind: str, to: str = "", **words: object) -> None:
        """Send an event to the other socket."""
        event = {"type": kind, "from": self.socket.channel, **words}
        await get_channel_layer().send(to or self.other, event)
