"""Batch database lookups."""

import asyncio
from collections.abc import Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from channels.db import database_sync_to_async

BATCH_SIZE = 100  # small enough for log-ins over HTTP to get a turn in between

Key = TypeVar("Key")
Value = TypeVar("Value")


class BatchLoader(Generic[Key, Value]):
    """Load values by key, in batches. If thousands of pages reconnect at once, a switch to the
    database thread for each of them would delay the last ones too long.
    """

    def __init__(self, load_all: Callable[[list[Key]], Sequence[Value | Exception]]) -> None:
        self.load_all = load_all
        self.waiting: list[tuple[Key, asyncio.Future[Value]]] = []
        self.task: asyncio.Task | None = None

    async def load(self, key: Key) -> Value:
        """Return the value for a key, or raise its exception."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Value] = loop.create_future()
        self.waiting.append((key, future))
        if self.task is None or self.task.done() or self.task.get_loop() is not loop:
            # An empty context, because the window that starts the task may end before it.
            self.task = loop.create_task(self._load_batches(), context=Context())
        return await future

    async def _load_batches(self) -> None:
        while self.waiting:
            batch, self.waiting = self.waiting[:BATCH_SIZE], self.waiting[BATCH_SIZE:]
            found: Sequence[Value | Exception]
            try:
                found = await database_sync_to_async(self.load_all)([key for key, _ in batch])
            except Exception as error:  # noqa: BLE001 - callers must not wait forever
                found = [error] * len(batch)
            for (_, future), each in zip(batch, found, strict=True):
                if future.done():  # its socket has closed
                    continue
                if isinstance(each, Exception):
                    future.set_exception(each)
                else:
                    future.set_result(each)
