"""The ASGI application for windows, and the authentication of all sockets."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from typing import TypeVar

from django.utils import translation

from messaging import rate_limits
from messaging.consumers import close_codes
from messaging.consumers.authentication import (
    AuthenticatedSession,
    authenticator,
    language_of,
    session_key,
)
from messaging.consumers.outbound import Send
from messaging.consumers.websocket import Receive, WindowConsumer
from messaging.rendering.htmx import HtmxRenderer

logger = logging.getLogger(__name__)

RENDERER = HtmxRenderer()

T = TypeVar("T")


class ClientDisconnected(Exception):
    """The client closed the socket."""


class TooManyFrames(Exception):
    """The client sent more than the rate limit allows."""


class HandshakeBuffer:
    """A buffer for the events of a socket while its session is loaded. Its size is limited, because
    Daphne's own buffer has no limit.
    """

    __slots__ = ("_receive", "events")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.events: deque[dict] = deque()

    async def buffer_while(self, answer: Coroutine[object, object, T]) -> T:
        """Await and return the answer, and buffer events meanwhile. Raise ClientDisconnected,
        TooManyFrames, or any exception of the answer.
        """
        waiting = asyncio.ensure_future(answer)
        buffering = asyncio.ensure_future(self._buffer_events())
        try:
            await asyncio.wait((waiting, buffering), return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                return waiting.result()
            raise ClientDisconnected if _is_end(self.events[-1]) else TooManyFrames
        finally:
            waiting.cancel()
            buffering.cancel()

    async def receive(self) -> dict:
        return self.events.popleft() if self.events else await self._receive()

    async def drain(self) -> None:
        """Discard events until the socket closes, so that none accumulate."""
        while not _is_end(await self.receive()):
            pass

    async def _buffer_events(self) -> None:
        cost = 0.0
        while cost <= rate_limits.FRAMES.burst:
            event = await self._receive()
            self.events.append(event)
            if _is_end(event):
                return
            cost += rate_limits.cost(event)


def _is_end(event: dict) -> bool:
    return event["type"] == "websocket.disconnect"


async def window(scope: dict, receive: Receive, send: Send) -> None:
    """Serve the socket of a window."""
    session, buffer = await authenticate(scope, receive, send, RENDERER.logged_out)
    if session:
        client = scope.get("client") or ["unknown"]
        await WindowConsumer(session, client[0], send, RENDERER).live(buffer.receive)


async def authenticate(
    scope: dict, receive: Receive, send: Send, logged_out: Callable[[], str] = str
) -> tuple[AuthenticatedSession | None, HandshakeBuffer]:
    """Accept a socket and return its session, or close it and return None. Accept it first, because
    a page retries a refused handshake forever. If nobody is signed in, send the text that
    `logged_out` returns in the language of the page.
    """
    await receive()  # the server's `websocket.connect`
    await send({"type": "websocket.accept"})
    translation.activate(language_of(scope["headers"]))
    buffer = HandshakeBuffer(receive)
    session, code = None, 0
    try:
        key = session_key(scope["headers"])
        session = await buffer.buffer_while(authenticator.authenticate(key))
    except ClientDisconnected:
        return None, buffer
    except TooManyFrames:
        code = close_codes.FLOODED
    except Exception as error:  # noqa: BLE001 - a traceback would log private data
        logger.warning("A window could not be opened: %s", type(error).__name__)
        code = close_codes.FAILED
    if session is None:
        await _refuse(buffer, send, code or close_codes.SIGNED_OUT, "" if code else logged_out())
    return session, buffer


async def _refuse(buffer: HandshakeBuffer, send: Send, code: int, text: str) -> None:
    if await close_codes.close_socket(send, code, text):
        await buffer.drain()
