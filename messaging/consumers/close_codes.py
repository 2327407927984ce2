"""Close a socket with one of the codes in this module (RFC 6455, 7.4.2).

A page stays closed after SIGNED_OUT and REPLACED, and reconnects after the others. NOT_YOURS, GONE,
WITHDRAWN, STOPPED, INVALID and BUSY are for the sockets of files alone.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

TIMEOUT = 2.0  # seconds
DISCONNECTED = {"Disconnected", "ClientDisconnected"}  # raised by `send` in Daphne and uvicorn

SIGNED_OUT = 4401
RENEWED = 4402
NOT_YOURS = 4403  # the proof or token of other people
GONE = 4404  # no page has the file any more
SILENT = 4408
REPLACED = 4409
# Pages of older releases stay closed after this code. They would reconnect after a new one.
OUTDATED = REPLACED
WITHDRAWN = 4410  # the message with the file was removed, or this person blocks the other one
STOPPED = 4411  # by the other person
RESTARTING = 4412  # the page reconnects after a delay
SLOW = 4413
INVALID = 4422  # a wrong frame or a wrong part of a file
FLOODED = 4429
BUSY = 4430  # the page tries again later
FAILED = 4500
FULL = 4503


async def close_socket(send: Callable[[dict], Awaitable[None]], code: int, text: str) -> bool:
    """Send this text, if any, and close the socket. Return False if that fails."""
    try:
        async with asyncio.timeout(TIMEOUT):
            if text:
                await send({"type": "websocket.send", "text": text})
            await send({"type": "websocket.close", "code": code})
    except Exception:  # noqa: BLE001 - the client is gone or stuck
        return False
    return True


def log_failure(error: Exception) -> None:
    """Log why writing to a socket failed. If the client closed it, log at the DEBUG level only."""
    level = logging.DEBUG if type(error).__name__ in DISCONNECTED else logging.ERROR
    # Only the type, because an exception may contain private text.
    logger.log(level, "A window has failed: %s", type(error).__name__)
