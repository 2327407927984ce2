"""One connection for many callers: the commands that they ask for while Redis answers go to it in
one write.
"""

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

AT_ONCE = 100  # commands in one write

Word = bytes | str | int | float
# Each command and script has an answer of its own shape, which its caller knows.
Answer = Any
Call = tuple[tuple[Word, ...], asyncio.Future[Answer]]


class Pipeline:
    """For one event loop. Redis answers in the order in which it is asked, so that no command
    overtakes another.

    The library has a pipeline as well, which fetches a connection from a pool for each write: twice
    the CPU a command.

    `patience` is in seconds, for a write with all its answers. If it ends, or if there is no
    connection, all callers that wait are told. `repeating` is called before commands are sent again
    that Redis may have run already.
    """

    def __init__(
        self, connection: AbstractConnection, patience: float, repeating: Callable[[], None]
    ) -> None:
        self.connection, self.patience, self.repeating = connection, patience, repeating
        self.waiting: deque[Call] = deque()
        self.asked: deque[Call] = deque()  # and not answered yet
        self.task: asyncio.Task | None = None

    async def ask(self, *command: Word) -> Answer:
        answer = asyncio.get_running_loop().create_future()
        self.waiting.append((command, answer))
        if self.task is None:
            # It works for all callers: no line of the log may name the window that happened to
            # begin it.
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
        """Run until no caller waits."""
        try:
            while self.waiting:
                await self._exchange()
        except Exception as error:  # noqa: BLE001 - the callers are told
            self._fail(error)
        self.task = None

    async def _exchange(self) -> None:
        while self.waiting and len(self.asked) < AT_ONCE:
            self.asked.append(self.waiting.popleft())
        try:
            async with asyncio.timeout(self.patience):
                try:
                    await self._ask_all()
                except NotConnected:  # one that lay idle while Redis was restarted only looks alive
                    self.repeating()
                    await self._ask_all()
        except TimeoutError:
            await self.connection.disconnect(
                nowait=True
            )  # an answer that comes late must meet no other command
            raise TooLate from None

    async def _ask_all(self) -> None:
        """Send all commands that have no answer yet. A connection that fails is closed, and a write
        opens it again.
        """
        # Packed by hiredis itself: the connection's own packing takes 4 us more a command.
        await self.connection.send_packed_command(
            b"".join(pack_command(command) for command, _ in self.asked)  # type: ignore[arg-type]
        )
        while self.asked:
            try:
                said = await self.connection.read_response()
            except ResponseError as error:
                said = error
            _give(self.asked.popleft()[1], said)

    def _fail(self, error: Exception) -> None:
        for _, answer in (*self.asked, *self.waiting):
            _give(answer, error)
        self.asked.clear()
        self.waiting.clear()


def _give(answer: asyncio.Future[Answer], said: Answer) -> None:
    if answer.done():  # its caller was cancelled
        return
    if isinstance(said, Exception):
        answer.set_exception(said)
    else:
        answer.set_result(said)
