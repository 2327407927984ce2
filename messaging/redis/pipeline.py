"""One connection for many callers: the commands that they ask for while Redis answers go to it in one write."""

import asyncio
from contextvars import Context
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import TimeoutError as TooLate

AT_ONCE = 100  # commands in one write


class Pipeline:
    """For one event loop. Redis answers in the order in which it is asked, so that no command overtakes another.

    `patience` is in seconds, for a write with all its answers. If it ends, or if there is no connection, all callers
    that wait are told.
    """

    def __init__(self, client: Redis, patience: float) -> None:
        self.client, self.patience = client, patience
        self.waiting: list[tuple[tuple[Any, ...], asyncio.Future]] = []  # also those whose answer is on its way
        self.task: asyncio.Task | None = None

    async def ask(self, *command: Any) -> Any:
        answer = asyncio.get_running_loop().create_future()
        self.waiting.append((command, answer))
        if self.task is None:
            # It works for all callers: no line of the log may name the window that happened to begin it.
            self.task = asyncio.create_task(self._serve(), context=Context())
        return await answer

    async def close(self) -> None:
        if self.task:
            self.task.cancel()
            await asyncio.wait([self.task])
            self.task = None
        self._fail(NotConnected())
        await self.client.aclose()

    async def _serve(self) -> None:
        """Run until no caller waits."""
        try:
            while self.waiting:
                await self._exchange()
                await asyncio.sleep(0)  # what the callers that were answered ask for next goes with the next write
        except Exception as error:  # noqa: BLE001 - the callers are told
            self._fail(error)
        self.task = None

    async def _exchange(self) -> None:
        asked = self.waiting[:AT_ONCE]
        pipeline = self.client.pipeline(transaction=False)
        for command, _ in asked:
            pipeline.execute_command(*command)
        try:
            async with asyncio.timeout(self.patience):
                answers = await pipeline.execute(raise_on_error=False)
        except TimeoutError:
            raise TooLate from None
        del self.waiting[: len(asked)]
        for (_, answer), said in zip(asked, answers, strict=True):
            _give(answer, said)

    def _fail(self, error: Exception) -> None:
        for _, answer in self.waiting:
            _give(answer, error)
        self.waiting.clear()


def _give(answer: asyncio.Future, said: Any) -> None:
    if answer.done():  # its caller was cancelled
        return
    if isinstance(said, Exception):
        answer.set_exception(said)
    else:
        answer.set_result(said)
