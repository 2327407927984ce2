"""What many ask of the database at the same time, in one hop into its thread."""

import asyncio
from collections.abc import Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from channels.db import database_sync_to_async

AT_ONCE = 100  # sessions that are looked up before those who log in over HTTP have their turn

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Batch(Generic[Question, Answer]):
    """When thousands of pages come back at once, a hop for each of them would keep the last ones
    waiting too long.
    """

    def __init__(self, look: Callable[[list[Question]], Sequence[Answer | Exception]]) -> None:
        self.look = look
        self.waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self.task: asyncio.Task | None = None

    async def ask(self, question: Question) -> Answer:
        """What the database has to say of this. Raises what it raises."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self.waiting.append((question, answer))
        if self.task is None or self.task.done() or self.task.get_loop() is not loop:
            # It is for all who ask: no context of a window that may be gone before it.
            self.task = loop.create_task(self._look(), context=Context())
        return await answer

    async def _look(self) -> None:
        while self.waiting:
            asked, self.waiting = self.waiting[:AT_ONCE], self.waiting[AT_ONCE:]
            found: Sequence[Answer | Exception]
            try:
                found = await database_sync_to_async(self.look)([question for question, _ in asked])
            except Exception as error:  # noqa: BLE001 - those who have asked must not wait for ever
                found = [error] * len(asked)
            for (_, answer), each in zip(asked, found, strict=True):
                if answer.done():  # its socket is gone already
                    continue
                if isinstance(each, Exception):
                    answer.set_exception(each)
                else:
                    answer.set_result(each)
