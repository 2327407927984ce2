"""The Redis client: one connection per event loop, short timeouts, and scripts run by hash."""

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
from redis.exceptions import NoScriptError, RedisError

from messaging.backends.redis.pipeline import Answer, Pipeline, Word
from messaging.domain.messages import StateUnavailable

# The prefix of all keys and topics. Its number changes with the stored format, so that no release
# reads the data of another one.
PREFIX = "sotto:3:"
SCRIPTS = Path(__file__).parent / "scripts"
PARTS = {"common", "rate_limit"}  # included in other scripts
TIMEOUT = 1.5  # seconds, to connect or to answer; a person may be waiting with a message
RECOVERY_SECONDS = 3.0  # after an outage, while windows of other processes may be coming back
# Redis may be full, busy, without a replica or without a right: no answer but success is relied on.
UNAVAILABLE = (RedisError, OSError)


@cache
def script(name: str) -> tuple[str, str]:
    """Return the text of a script, including the parts that it uses, and its hash."""
    parts = (
        ("common", "rate_limit", name)
        if name in {"submit", "check_rate_limit"}
        else ("common", name)
    )
    text = "\n".join((SCRIPTS / f"{part}.lua").read_text() for part in parts)
    return text, sha1(text.encode(), usedforsecurity=False).hexdigest()


def load_scripts() -> None:
    """Read all scripts at startup, so that no file is read in the event loop."""
    for file in SCRIPTS.glob("*.lua"):
        if file.stem not in PARTS:
            script(file.stem)


class RedisClient:
    """A pipeline for each event loop, because a connection belongs to the loop that opened it.

    `process` identifies this process. All keys and topics begin with `prefix`.
    """

    def __init__(self, url: str, process: str = "", prefix: str = PREFIX) -> None:
        self.url, self.prefix = url, prefix
        self.process = process or secrets.token_hex(8)
        self.failed_at = float("-inf")
        self.has_repeated = False  # whether a command was resent, because its answer was lost
        self.pipelines: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Pipeline] = (
            weakref.WeakKeyDictionary()
        )

    def pool(self) -> ConnectionPool:
        """Return a pool of connections that never retry. Their callers do."""
        # A command without an answer may have been run. With the default `driver_info`, redis-py
        # reads its version from a file for each connection.
        return ConnectionPool.from_url(
            self.url,
            retry=Retry(NoBackoff(), 0),
            driver_info=None,
            socket_timeout=None,
            socket_connect_timeout=TIMEOUT,
        )

    def pipeline(self) -> Pipeline:
        loop = asyncio.get_running_loop()
        if loop not in self.pipelines:
            self.pipelines[loop] = Pipeline(self.pool().make_connection(), TIMEOUT, self._repeat)
        return self.pipelines[loop]

    async def close(self) -> None:
        """Close the connection of this event loop."""
        if pipeline := self.pipelines.pop(asyncio.get_running_loop(), None):
            await pipeline.close()

    async def run(self, name: str, *words: Word) -> Answer:
        """Run a script, or raise StateUnavailable."""
        text, digest = script(name)
        try:
            return await self.call("EVALSHA", digest, 0, *words)
        except NoScriptError:  # Redis was restarted
            return await self.call("EVAL", text, 0, *words)

    async def call(self, *command: Word) -> Answer:
        try:
            return await self.pipeline().ask(*command)
        except NoScriptError:  # `run` sends the script
            raise
        except UNAVAILABLE as error:
            self.failed()
            raise StateUnavailable from error

    def failed(self) -> None:
        """Record that Redis does not answer or has lost its data."""
        self.failed_at = time.monotonic()

    def _repeat(self) -> None:
        self.has_repeated = True

    def is_recovering(self) -> bool:
        return time.monotonic() - self.failed_at < RECOVERY_SECONDS
