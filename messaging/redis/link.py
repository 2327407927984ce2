"""The way to Redis: one client for an event loop, short patience, and scripts known by their hash."""

import asyncio
import secrets
import time
import weakref
from functools import cache
from hashlib import sha1
from pathlib import Path
from typing import Any

from redis.asyncio import BlockingConnectionPool, ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, NoScriptError, ReadOnlyError
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import TimeoutError as TooLate

from messaging.conversations import Unreachable
from messaging.redis.pipeline import Pipeline

SCRIPTS = Path(__file__).parent / "scripts"
PARTS = {"common", "pass"}  # of other scripts
PATIENCE = 1.5  # seconds, for a connection as for an answer: whoever waits for it has something typed
CONNECTIONS = 16  # of a process
IN_LINE = 5.0  # seconds to wait for one of them, when thousands come back at once
MENDING = 3.0  # seconds after Redis was away in which the windows of other processes may still be on their way back
UNNAMED: dict[str, Any] = {"driver_info": None}  # the library would read its own version from a file each time
GONE = (NotConnected, TooLate, BusyLoadingError, ReadOnlyError, OSError)


@cache
def script(name: str) -> tuple[str, str]:
    """A script with what it is built on, and the hash by which Redis knows it."""
    parts = ("common", "pass", name) if name in {"submit", "wait"} else ("common", name)
    text = "\n".join((SCRIPTS / f"{part}.lua").read_text() for part in parts)
    return text, sha1(text.encode(), usedforsecurity=False).hexdigest()


def load_scripts() -> None:
    """Reads them all now, and none in the event loop when it is first needed."""
    for file in SCRIPTS.glob("*.lua"):
        if file.stem not in PARTS:
            script(file.stem)


class Link:
    """A client for each event loop: a connection belongs to the loop in which it was opened.

    `process` is the name of this process among the others; every key and topic begins with `prefix`.
    """

    def __init__(self, url: str, process: str = "", prefix: str = "sotto:", **options: Any) -> None:
        self.url, self.options, self.prefix = url, options, prefix
        self.process = process or secrets.token_hex(8)
        self.failed_at = float("-inf")
        self.clients: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Redis] = weakref.WeakKeyDictionary()
        self.pipelines: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Pipeline] = weakref.WeakKeyDictionary()

    def client(self) -> Redis:
        loop = asyncio.get_running_loop()
        if loop not in self.clients:
            # Once more, since a connection that lay idle while Redis was restarted only looks alive.
            # What was only slow may have been done: it is not done twice.
            once_more = Retry(NoBackoff(), 1, supported_errors=(NotConnected,))
            patience: dict[str, Any] = UNNAMED | {"socket_timeout": PATIENCE, "retry": once_more, "timeout": IN_LINE}
            options = patience | {"max_connections": CONNECTIONS} | self.options
            pool = BlockingConnectionPool.from_url(self.url, socket_connect_timeout=PATIENCE, **options)
            self.clients[loop] = Redis.from_pool(pool)
        return self.clients[loop]

    def pipeline(self) -> Pipeline:
        loop = asyncio.get_running_loop()
        if loop not in self.pipelines:
            # Its patience is that of a whole write, and it comes back by itself.
            never = Retry(NoBackoff(), 0)
            patience = UNNAMED | {"socket_timeout": None, "socket_connect_timeout": PATIENCE}
            pool = ConnectionPool.from_url(self.url, retry=never, **patience)
            self.pipelines[loop] = Pipeline(pool, PATIENCE)
        return self.pipelines[loop]

    async def close(self) -> None:
        """Ends the connections of this event loop."""
        if pipeline := self.pipelines.pop(asyncio.get_running_loop(), None):
            await pipeline.close()
        if client := self.clients.pop(asyncio.get_running_loop(), None):
            await client.aclose()

    async def run(self, name: str, *words: Any) -> Any:
        """What a script returns; Unreachable if Redis does not answer."""
        text, known_as = script(name)
        pipeline = self.pipeline()
        try:
            try:
                return await pipeline.ask("EVALSHA", known_as, 0, *words)
            except NoScriptError:  # a Redis that has been restarted
                return await pipeline.ask("EVAL", text, 0, *words)
        except GONE as error:
            self.failed()
            raise Unreachable from error

    def failed(self) -> None:
        """Redis does not answer, or has lost what it held."""
        self.failed_at = time.monotonic()

    def is_mending(self) -> bool:
        return time.monotonic() - self.failed_at < MENDING

    async def call(self, *command: Any) -> Any:
        try:
            return await self.client().execute_command(*command)
        except GONE as error:
            self.failed()
            raise Unreachable from error
