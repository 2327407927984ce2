"""What many load of the database at the same time, in one hop into its thread."""

import asyncio
from collections.abc import Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from channels.db import database_sync_to_async

BATCH_SIZE = 100  # sessions that are looked up before those who log in over HTTP have their turn

Key = TypeVar("Key")
Value = TypeVar("Value")


class BatchLoader(Generic[Key, Value]):
    """When thousands of pages come back at once, a hop for each of them would keep the last ones
    waiting too long.
    """

    def __init__(self, load_all: Callable[[list[Key]], Sequence[Value | Exception]]) -> None:
        self.load_all = load_all
        self.waiting: list[tuple[Key, asyncio.Future[Value]]] = []
        self.task: asyncio.Task | None = None

    async def load(self, key: Key) -> Value:
        """What the database has to say of this. Raises what it raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Value] = loop.create_future()
        self.waiting.append((key, future))
        if self.task is None or self.task.done() or self.task.get_loop() is not loop:
            # It is for all who load: no context of a window that may be gone before it.
            self.task = loop.create_task(self._load_batches(), context=Context())
        return await future

    async def _load_batches(self) -> None:
        while self.waiting:
            asked, self.waiting = self.waiting[:BATCH_SIZE], self.waiting[BATCH_SIZE:]
            found: Sequence[Value | Exception]
            try:
                found = await database_sync_to_async(self.load_all)([key for key, _ in asked])
            except Exception as error:  # noqa: BLE001 - those who have asked must not wait for ever
                found = [error] * len(asked)
            for (_, future), each in zip(asked, found, strict=True):
                if future.done():  # its socket is gone already
                    continue
                if isinstance(each, Exception):
                    future.set_exception(each)
                else:
                    future.set_result(each)
