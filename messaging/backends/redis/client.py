"""The way to Redis: one connection for an event loop, short patience, and scripts known by their
hash.
"""

import asyncio
import secrets
import time
import weakref
from functools import cache
from hashlib import sha1
from pathlib import Path

from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, NoScriptError, ReadOnlyError
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import TimeoutError as TooLate

from messaging.backends.redis.pipeline import Answer, Pipeline, Word
from messaging.domain.messages import StateUnavailable

SCRIPTS = Path(__file__).parent / "scripts"
PARTS = {"common", "rate_limit"}  # of other scripts
PATIENCE = (
    1.5  # seconds, for a connection as for an answer: whoever waits for it has something typed
)
# Seconds after Redis was away in which the windows of other processes may still be on their way
# back.
MENDING = 3.0
GONE = (NotConnected, TooLate, BusyLoadingError, ReadOnlyError, OSError)


@cache
def script(name: str) -> tuple[str, str]:
    """A script with what it is built on, and the hash by which Redis knows it."""
    parts = (
        ("common", "rate_limit", name)
        if name in {"submit", "check_rate_limit"}
        else ("common", name)
    )
    text = "\n".join((SCRIPTS / f"{part}.lua").read_text() for part in parts)
    return text, sha1(text.encode(), usedforsecurity=False).hexdigest()


def load_scripts() -> None:
    """Reads them all now, and none in the event loop when it is first needed."""
    for file in SCRIPTS.glob("*.lua"):
        if file.stem not in PARTS:
            script(file.stem)


class RedisClient:
    """A pipeline for each event loop: a connection belongs to the loop in which it was opened.

    `process` is the name of this process among the others; every key and topic begins with
    `prefix`.
    """

    def __init__(self, url: str, process: str = "", prefix: str = "sotto:") -> None:
        self.url, self.prefix = url, prefix
        self.process = process or secrets.token_hex(8)
        self.failed_at = float("-inf")
        self.has_repeated = False  # a command: what Redis answered to it the first time is lost
        self.pipelines: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Pipeline] = (
            weakref.WeakKeyDictionary()
        )

    def pool(self) -> ConnectionPool:
        """Return a pool of connections that give up at once. Those who use them know when to try
        again.
        """
        # A command whose answer was too slow may have been run: it is not sent twice. By default,
        # the library reads its own version from a file for each connection.
        return ConnectionPool.from_url(
            self.url,
            retry=Retry(NoBackoff(), 0),
            driver_info=None,
            socket_timeout=None,
            socket_connect_timeout=PATIENCE,
        )

    def pipeline(self) -> Pipeline:
        loop = asyncio.get_running_loop()
        if loop not in self.pipelines:
            self.pipelines[loop] = Pipeline(self.pool().make_connection(), PATIENCE, self._repeat)
        return self.pipelines[loop]

    async def close(self) -> None:
        """End the connections of this event loop."""
        if pipeline := self.pipelines.pop(asyncio.get_running_loop(), None):
            await pipeline.close()

    async def run(self, name: str, *words: Word) -> Answer:
        """Return what a script returns; Unreachable if Redis does not answer."""
        text, known_as = script(name)
        try:
            return await self.call("EVALSHA", known_as, 0, *words)
        except NoScriptError:  # a Redis that has been restarted
            return await self.call("EVAL", text, 0, *words)

    async def call(self, *command: Word) -> Answer:
        try:
            return await self.pipeline().ask(*command)
        except GONE as error:
            self.failed()
            raise StateUnavailable from error

    def failed(self) -> None:
        """Redis does not answer, or has lost what it held."""
        self.failed_at = time.monotonic()

    def _repeat(self) -> None:
        self.has_repeated = True

    def is_mending(self) -> bool:
        return time.monotonic() - self.failed_at < MENDING
