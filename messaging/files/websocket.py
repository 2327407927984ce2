"""The ASGI application for the sockets of files."""

import asyncio

from messaging.consumers import close_codes
from messaging.consumers.authentication import AuthenticatedSession
from messaging.consumers.handshake import (
    ClientDisconnected,
    HandshakeBuffer,
    TooManyFrames,
    authenticate,
)
from messaging.consumers.outbound import Send
from messaging.consumers.shutdown import shutdown
from messaging.consumers.websocket import Receive
from messaging.delivery.background import run_in_background
from messaging.files import frames
from messaging.files.counters import counts
from messaging.files.events import SocketEvents
from messaging.files.recipient import Recipient
from messaging.files.refusals import Closed
from messaging.files.registry import registry
from messaging.files.sender import Sender
from messaging.files.side import Side
from messaging.files.writer import Writer


async def file_socket(scope: dict, receive: Receive, send: Send) -> None:
    """Serve a socket on which one file is sent or received."""
    session, buffer = await authenticate(scope, receive, send)
    if session:
        await Connection(session, buffer, send).live()


class Connection(SocketEvents):
    """A socket from the end of its handshake until it closes. Its side of the transfer (`side.py`)
    handles the page's frames.
    """

    def __init__(self, session: AuthenticatedSession, buffer: HandshakeBuffer, send: Send) -> None:
        super().__init__(session)
        self.buffer, self.send = buffer, send
        self.writer = Writer(send, self._fail)
        self.task: asyncio.Task | None = None

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
        if shutdown.has_begun:
            raise Closed(close_codes.RESTARTING)
        registry.add(self)
        await self._subscribe()

    async def _leave(self) -> None:
        self.is_closed = True
        self.writer.stop()
        await self._end(close_codes.FAILED)
        registry.remove(self)
        await self._unsubscribe()

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
        side = await self._admit(event)
        if not self.is_closed:
            self.side = registry.admit(side)
            await self.check_blocks()  # after joining the groups, so that no new block is missed
        if not self.is_closed:
            await side.begin()

    async def _admit(self, event: dict) -> Side:
        """Return the side that the page's first frame asks for, or raise Closed."""
        match frames.parse(event):
            case frames.Receive() as wanted:
                return await Recipient.admit(self, wanted)
            case frames.Send() as asked:
                return await Sender.admit(self, asked)
            case frames.Wait() as asked:
                await Sender.postpone(self, asked)
                raise Closed(1000)
        raise frames.unreadable()

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
