"""Close a socket, with one of the codes of this module (RFC 6455, 7.4.2).

A page stays closed after SIGNED_OUT and REPLACED, and reconnects after the others.
"""

import asyncio
from collections.abc import Awaitable, Callable

TIMEOUT = 2.0  # seconds

SIGNED_OUT = 4401
RENEWED = 4402
SILENT = 4408
REPLACED = 4409
# Pages of every release stay closed after this code; an unknown one would make them reconnect.
OUTDATED = REPLACED
RESTARTING = 4412  # the page reconnects after a delay
SLOW = 4413
FLOODED = 4429
FAILED = 4500
FULL = 4503


async def close_socket(send: Callable[[dict], Awaitable[None]], code: int, html: str) -> bool:
    """Send this HTML, if any, and close. Return False if the client does not take it."""
    try:
        async with asyncio.timeout(TIMEOUT):
            if html:
                await send({"type": "websocket.send", "text": html})
            await send({"type": "websocket.close", "code": code})
    except Exception:  # noqa: BLE001 - it is gone already, or stuck
        return False
    return True
