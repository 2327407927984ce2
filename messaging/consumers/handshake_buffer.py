"""What a page says while it is found out whose it is: kept for when that is known, and no more than
a page can say.

A server goes on reading whether anybody listens or not: Daphne would keep all that comes meanwhile,
from anybody.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

from messaging import rate_limits

T = TypeVar("T")


class ClientDisconnected(Exception):
    """The socket has ended."""


class TooManyFrames(Exception):
    """More has come than a page can say."""


class HandshakeBuffer:
    """The events of one socket, those first which have come early."""

    def __init__(self, receive: Callable[[], Awaitable[dict]]) -> None:
        self._receive = receive
        self.events: deque[dict] = deque()

    async def buffer_while(self, answer: Coroutine[object, object, T]) -> T:
        """The answer, whatever comes meanwhile; raises Gone, TooMuch, and what the answer
        raises.
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
        """Takes what still comes from a socket that was told its end, so that it is kept
        nowhere.
        """
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
