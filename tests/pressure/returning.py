"""Thousands of pages come back at once, as after a restart: each with the cursor of a box that is gone.

They come as static/js/connection.js lets them: with jitter, and again if nobody answers for a while.
"""

import asyncio
import random
import time

from tests.pressure.ends import End

PATIENCE = 10  # seconds for a handshake that nobody answers


async def all_return(host: str, people: list[tuple[int, str]]) -> float:
    """Seconds until the last of them is in; fails if one is turned away."""
    began = time.monotonic()
    ends = [End(host, person) for person in people]
    for end in ends:
        end.cursor = "gone.7"
    try:
        await asyncio.gather(*[_comes_back(end) for end in ends])
        assert [end.code for end in ends if end.code] == []
        return time.monotonic() - began
    finally:
        await asyncio.gather(*[end.closes() for end in ends])


async def _comes_back(end: End) -> None:
    tries = 0
    while True:
        await asyncio.sleep(_pause(tries))
        try:
            async with asyncio.timeout(PATIENCE):
                await end.shakes()
            return await end.arrives()
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError):
            tries += 1
            await end.closes()


def _pause(tries: int) -> float:
    return min(4.0, 0.5 * 2**tries) * random.uniform(0.5, 1)  # noqa: S311 - nothing to guess
