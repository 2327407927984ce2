"""Frames that arrive while the session is looked up. They are limited, because Daphne would buffer
whatever a stranger sends.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

from messaging import rate_limits

T = TypeVar("T")


class ClientDisconnected(Exception):
    """The client closed the socket."""


class TooManyFrames(Exception):
    """The client sent more than the limit of a page."""


class HandshakeBuffer:
    """The events of one socket; `receive` returns buffered ones first."""

    def __init__(self, receive: Callable[[], Awaitable[dict]]) -> None:
        self._receive = receive
        self.events: deque[dict] = deque()

    async def buffer_while(self, answer: Coroutine[object, object, T]) -> T:
        """Return the answer, and buffer events meanwhile. Raise ClientDisconnected, TooManyFrames,
        or what the answer raises.
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
        """Discard events until the socket ends, so that none pile up."""
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
