"""One socket, from the end of its handshake until it closes."""

import asyncio
from collections.abc import Awaitable, Callable

from channels.layers import get_channel_layer

from messaging.consumers import close_codes
from messaging.consumers.authentication import AuthenticatedSession
from messaging.consumers.handshake import ClientDisconnected, HandshakeBuffer, TooManyFrames
from messaging.consumers.outbound import Send
from messaging.consumers.shutdown import shutdown
from messaging.delivery import groups
from messaging.delivery.background import run_in_background
from messaging.files.counters import counts
from messaging.files.events import SocketEvents
from messaging.files.refusals import Closed
from messaging.files.registry import registry
from messaging.files.side import Side
from messaging.files.writer import Writer

# Returns the side of the transfer that the first frame opens, or raises Closed.
OpenSide = Callable[["Connection", dict], Awaitable[Side]]


class Connection(SocketEvents):
    """It reads what the page sends, and leaves the transfer to its side (`side.py`)."""

    def __init__(
        self,
        session: AuthenticatedSession,
        buffer: HandshakeBuffer,
        send: Send,
        open_side: OpenSide,
    ) -> None:
        super().__init__(session)
        self.buffer, self.send, self.open_side = buffer, send, open_side
        self.writer = Writer(send, self._fail)
        self.channel = ""
        self.task: asyncio.Task | None = None

    @property
    def person_id(self) -> int:
        return self.session.person.id

    async def live(self) -> None:
        """Handle what the page sends until its socket closes."""
        self.task, watch = asyncio.current_task(), asyncio.create_task(self.watch())
        try:
            await self.do(self._enter())
            while (event := await self.buffer.receive())["type"] != "websocket.disconnect":
                if not self.is_closed:
                    await self.do(self._read(event))
        except asyncio.CancelledError:
            if not self.is_closed:
                raise
        finally:
            watch.cancel()
            await self._leave()

    async def _enter(self) -> None:
        layer = get_channel_layer()
        self.channel = await layer.new_channel()
        if shutdown.has_begun:
            raise Closed(close_codes.RESTARTING)
        registry.add(self)
        layer.subscribe(self.channel, self.on_event)
        for group in self._groups():
            await layer.group_add(group, self.channel)
        run_in_background(self._sign_out_if_ended())

    async def _leave(self) -> None:
        self.is_closed = True
        self.writer.stop()
        await self._end(close_codes.FAILED)
        registry.remove(self)
        layer = get_channel_layer()
        layer.unsubscribe(self.channel)
        for group in self._groups():
            await layer.group_discard(group, self.channel)

    def _groups(self) -> tuple[str, ...]:
        """Derive the groups from the session, as a window does."""
        return groups.person_group(self.person_id), self.session.group

    async def _read(self, event: dict) -> None:
        if self.side:
            return await self.side.receive(event)
        try:
            await self.buffer.buffer_while(self._open(event))
        except ClientDisconnected:
            return None
        except TooManyFrames:
            raise Closed(close_codes.FLOODED) from None

    async def _open(self, event: dict) -> None:
        side = await self.open_side(self, event)
        if not self.is_closed:
            self.side = registry.admit(side)
            await self.check_blocks()  # only now, so that none is missed that begins meanwhile
        if not self.is_closed:
            await side.begin()

    async def close(self, code: int, text: str = "") -> None:
        """Send this text, and close the socket even if the client no longer reads from it."""
        if not self.is_closed:
            self.is_closed = True
            self.writer.stop()
            counts.close(code)
            await self._end(code)
            if not await close_codes.close_socket(self.send, code, text) and self.task:
                self.task.cancel()

    async def _end(self, code: int) -> None:
        if self.side:
            await self.side.end(code)

    def _fail(self, error: Exception) -> None:
        """Close the socket after a write failed."""
        close_codes.log_failure(error)
        run_in_background(self.close(close_codes.FAILED))
