"""Thousands of pages reconnect at once, with jitter and retries like connection.js."""

import asyncio
import random
import time

from websockets.exceptions import InvalidHandshake

from tests.support.window import Window

PATIENCE = 10  # seconds to wait for the answer to a handshake


async def all_return(windows: list[Window]) -> float:
    """Return the seconds until the last page is connected. Fail if one is refused."""
    began = time.monotonic()
    for window in windows:
        window.cursor = "gone.7"
    try:
        await asyncio.gather(*[_comes_back(window) for window in windows])
        assert [window.code for window in windows if window.code] == []
        return time.monotonic() - began
    finally:
        await asyncio.gather(*[window.is_cut() for window in windows])


async def _comes_back(window: Window) -> None:
    tries = 0
    while True:
        await asyncio.sleep(_pause(tries))
        try:
            async with asyncio.timeout(PATIENCE):
                await window.connects()
            break
        except (TimeoutError, OSError, InvalidHandshake, EOFError):
            tries += 1
    await window.arrives()


def _pause(tries: int) -> float:
    return min(4.0, 0.5 * 2**tries) * random.uniform(0.5, 1)  # noqa: S311 - nothing to guess
