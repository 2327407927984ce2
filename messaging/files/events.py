"""Handle the events that a file socket receives through the channel layer."""

import asyncio
import logging
import time
from collections.abc import Awaitable

from django.db import DatabaseError

from messaging.consumers import close_codes
from messaging.consumers.authentication import AuthenticatedSession
from messaging.consumers.session_watch import SessionWatch
from messaging.delivery.background import run_in_background
from messaging.domain.messages import StateUnavailable
from messaging.files.refusals import Closed
from messaging.files.side import Side
from messaging.files.writer import frame

logger = logging.getLogger(__name__)

TICK = 1.0  # seconds between two checks of a transfer
TICKS_PER_CHECK = 60  # of the session, because the event about its end may have been lost
FIRST_FRAME_SECONDS = 30.0


class SocketEvents(SessionWatch):
    """Close the socket when its session ends or a block begins, and forward other events to its
    side of the transfer. This is a base class of the socket, as `ChannelEvents` is of a window.
    """

    def __init__(self, session: AuthenticatedSession) -> None:
        super().__init__(session)
        self.is_closed = False
        self.side: Side | None = None

    def _on_event(self, event: dict) -> None:
        super()._on_event(event)
        match event["type"]:
            case "choices.changed":
                run_in_background(self.do(self.check_blocks()))
            case "layer.reconnected":  # events may have been lost
                run_in_background(self._sign_out_if_invalid())
                run_in_background(self.do(self.check_blocks()))
        if self.side and not self.is_closed:
            self.side.on_event(event)

    async def check_blocks(self) -> None:
        if self.side:
            await self.side.check_blocks()

    async def watch(self) -> None:
        due, ticks = time.monotonic() + FIRST_FRAME_SECONDS, 0
        while not self.is_closed:
            await asyncio.sleep(TICK)
            ticks += 1
            if not ticks % TICKS_PER_CHECK:
                await self._sign_out_if_invalid()
            if self.side:
                await self.do(self.side.tick())
            elif time.monotonic() > due:
                await self.close(close_codes.SILENT)

    async def do(self, step: Awaitable[None]) -> None:
        """Await a step, and close the socket if it fails."""
        try:
            await step
        except Closed as closed:
            await self.refuse(closed)
        except (StateUnavailable, DatabaseError):
            await self.close(close_codes.FAILED)
        except Exception as error:  # noqa: BLE001 - the server would log it with private data
            logger.error("A transfer has failed: %s", type(error).__name__)
            await self.close(close_codes.FAILED)

    async def refuse(self, closed: Closed) -> None:
        text = frame("refused", reason=closed.reason) if closed.reason else ""
        await self.close(closed.code, text)
