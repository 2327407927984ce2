"""Pipelining: whatever is asked of Redis while it answers goes to it in one write, over one connection."""

import asyncio
import math
from collections import deque
from contextvars import Context
from typing import Any

from hiredis import pack_command
from redis.asyncio import ConnectionPool
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as TooLate

AT_ONCE = 100  # commands in one write


class Pipeline:
    """For one event loop. Redis answers in the order in which it is asked, so that nobody overtakes.

    `patience` is in seconds, for a write with all its answers. Where it ends, or the connection cannot be made, all who
    wait hear of it; one that lay idle while Redis was restarted only looks alive, and is made anew once.
    """

    def __init__(self, pool: ConnectionPool, patience: float) -> None:
        self.pool, self.patience = pool, patience
        self.waiting: deque[tuple[tuple[Any, ...], asyncio.Future]] = deque()
        self.asked: deque[tuple[tuple[Any, ...], asyncio.Future]] = deque()  # and not answered yet
        self.task: asyncio.Task | None = None

    async def ask(self, *command: Any) -> Any:
        answer = asyncio.get_running_loop().create_future()
        self.waiting.append((command, answer))
        self._begin()
        return await answer

    def _begin(self) -> None:
        if self.waiting and self.task is None:
            # It is about everybody: no line of the log is to bear the name of the window that began it.
            self.task = asyncio.create_task(self._go_on(), context=Context())

    async def close(self) -> None:
        if self.task:
            self.task.cancel()
            await asyncio.wait([self.task])
            self.task = None
        self._fail(NotConnected())
        await self.pool.aclose()

    async def _go_on(self) -> None:
        """Until nobody waits."""
        try:
            connection = await self.pool.get_connection()
            try:
                while self.waiting:
                    await self._exchange(connection)
            finally:
                await self.pool.release(connection)
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            self._fail(error)
        self.task = None
        self._begin()  # somebody may have come while the connection was given back

    async def _exchange(self, connection: Any) -> None:
        while self.waiting and len(self.asked) < AT_ONCE:
            self.asked.append(self.waiting.popleft())
        try:
            async with asyncio.timeout(self.patience):
                try:
                    await self._ask_all(connection)
                except NotConnected:
                    await self._ask_all(connection)
        except TimeoutError:
            await connection.disconnect(nowait=True)
            raise TooLate from None

    async def _ask_all(self, connection: Any) -> None:
        await connection.send_packed_command(b"".join(pack_command(command) for command, _ in self.asked))
        while self.asked:
            try:
                said = await connection.read_response(timeout=math.inf)
            except ResponseError as error:
                said = error
            _answer(self.asked.popleft()[1], said)

    def _fail(self, error: Exception) -> None:
        for _, answer in (*self.asked, *self.waiting):
            _answer(answer, error)
        self.asked.clear()
        self.waiting.clear()


def _answer(answer: asyncio.Future, said: Any) -> None:
    if answer.done():  # whoever asked has left
        return
    if isinstance(said, Exception):
        answer.set_exception(said)
    else:
        answer.set_result(said)
