"""Share a connection among callers. Commands that arrive meanwhile go into the next write."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any

from hiredis import pack_command
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as TooLate

COMMANDS_PER_WRITE = 100  # commands in one write

Word = bytes | str | int | float
# The shape of an answer depends on the command or script, and its caller knows it.
Answer = Any
Call = tuple[tuple[Word, ...], asyncio.Future[Answer]]


class Pipeline:
    """Send the commands of one event loop in order.

    redis-py's pipeline takes a connection from a pool for each write, which costs twice the CPU
    time. `patience` is the time limit in seconds for a write and all its answers. After that, or
    without a connection, all waiting callers get an error. `repeating` is called before resending
    commands that Redis may already have run.
    """

    def __init__(
        self, connection: AbstractConnection, patience: float, repeating: Callable[[], None]
    ) -> None:
        self.connection, self.patience, self.repeating = connection, patience, repeating
        self.waiting: deque[Call] = deque()
        self.asked: deque[Call] = deque()  # sent but not answered yet
        self.task: asyncio.Task | None = None

    async def ask(self, *command: Word) -> Answer:
        answer = asyncio.get_running_loop().create_future()
        self.waiting.append((command, answer))
        if self.task is None:
            # The task serves all callers, so its log must not name the window that started it.
            self.task = asyncio.create_task(self._serve(), context=Context())
        return await answer

    async def close(self) -> None:
        if self.task:
            self.task.cancel()
            await asyncio.wait([self.task])
            self.task = None
        self._fail(NotConnected())
        await self.connection.disconnect()

    async def _serve(self) -> None:
        """Exchange commands and answers until no caller is waiting."""
        try:
            while self.waiting:
                await self._exchange()
        except Exception as error:  # noqa: BLE001 - the callers are told
            self._fail(error)
        self.task = None

    async def _exchange(self) -> None:
        while self.waiting and len(self.asked) < COMMANDS_PER_WRITE:
            self.asked.append(self.waiting.popleft())
        try:
            async with asyncio.timeout(self.patience):
                try:
                    await self._ask_all()
                except NotConnected:  # it was idle when Redis restarted
                    self.repeating()
                    await self._ask_all()
        except TimeoutError:
            # A late answer must not be mistaken for that of another command.
            await self.connection.disconnect(nowait=True)
            raise TooLate from None

    async def _ask_all(self) -> None:
        """Send all unanswered commands, and read the answers. A write reopens the connection."""
        # hiredis packs a command 4 us faster than the connection does.
        await self.connection.send_packed_command(
            b"".join(pack_command(command) for command, _ in self.asked)  # type: ignore[arg-type]
        )
        while self.asked:
            try:
                answer = await self.connection.read_response()
            except ResponseError as error:
                answer = error
            _resolve(self.asked.popleft()[1], answer)

    def _fail(self, error: Exception) -> None:
        for _, future in (*self.asked, *self.waiting):
            _resolve(future, error)
        self.asked.clear()
        self.waiting.clear()


def _resolve(future: asyncio.Future[Answer], answer: Answer) -> None:
    if future.done():  # its caller was cancelled
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
