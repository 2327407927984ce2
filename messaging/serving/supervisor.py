"""Several server processes on one listening socket: one that dies is replaced, and all of them end together."""

import asyncio
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Iterable

from messaging.serving.member import Member

logger = logging.getLogger(__name__)

PAUSES = (1.0, 30.0)  # seconds before a dead worker is replaced, and at most, if one dies after the other
SETTLED = 60.0  # seconds after which one that dies is no longer a sequel


class Supervisor:
    def __init__(self, listener: socket.socket, count: int) -> None:
        self.listener = listener
        self.members: dict[int, Member] = {}
        self.numbers = range(1, count + 1)
        self.over = asyncio.Event()
        self.locks = {number: asyncio.Lock() for number in self.numbers}  # one at a time replaces a member
        self.rolling: asyncio.Task | None = None
        self.is_serving = False

    async def run(self) -> bool:
        """Until SIGTERM or SIGINT; SIGHUP replaces one after the other. Whether all has gone well to the end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.over.set)
        loop.add_signal_handler(signal.SIGHUP, self._roll)
        for place in self.numbers:
            self.members[place] = await self._start(place)
        are_ready = await self._are_ready()
        if are_ready:
            self.is_serving = True
            logger.info("%s workers are ready", len(self.members))
            await self._watch()
        elif are_ready is False:
            logger.error("A worker could not start")
        return await self._end() and are_ready is not False

    async def _watch(self) -> None:
        watches = [asyncio.create_task(self._keep(number)) for number in self.numbers]
        await self.over.wait()
        for task in filter(None, [*watches, self.rolling]):
            task.cancel()
        await asyncio.gather(*filter(None, [*watches, self.rolling]), return_exceptions=True)

    async def _end(self) -> bool:
        self.listener.close()
        return await _all(member.end() for member in self.members.values())

    async def _start(self, number: int) -> Member:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        files = (self.listener.fileno(), theirs.fileno())
        words = ["--listener", str(files[0]), "--supervisor", str(files[1]), "--number", str(number)]
        # A session of its own: Ctrl+C at the terminal comes here alone.
        process = await asyncio.create_subprocess_exec(
            sys.executable, sys.argv[0], "serve", *words, pass_fds=files, start_new_session=True
        )
        theirs.close()
        return Member(process, ours)

    async def _keep(self, number: int) -> None:
        """Replaces the worker of this number whenever it has died."""
        pause, longest = PAUSES
        while True:
            member = self.members[number]
            code = await member.process.wait()
            if self.members[number] is not member:  # it has been replaced, and was asked to go
                continue
            pause = PAUSES[0] if time.monotonic() - member.began > SETTLED else pause
            logger.error("Worker %s has died (%s); there is another one in %g s", number, code, pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, longest)
            async with self.locks[number]:
                if self.members[number] is member:
                    member.wire.close()
                    try:
                        self.members[number] = await self._start(number)
                    except OSError as error:  # nothing to start it with at the moment: the dead one is waited for again
                        logger.error("Worker %s could not be started: %s", number, error.strerror)

    def _roll(self) -> None:
        if not self.is_serving:
            logger.info("The workers are starting: there is none to replace yet")
        elif self.rolling is None or self.rolling.done():
            self.rolling = asyncio.create_task(self._replace_all())

    async def _replace_all(self) -> None:
        """A rolling restart: each new worker is ready before the old one is asked to go."""
        for number in self.numbers:
            async with self.locks[number]:
                if not await self._replace(number):
                    return logger.error("A new worker could not start; those that are there stay")
        logger.info("All workers have been replaced")

    async def _replace(self, number: int) -> bool:
        fresh = await self._start(number)
        is_kept = False
        try:
            if is_kept := await fresh.is_ready():
                old, self.members[number] = self.members[number], fresh
                await old.end()
        finally:
            if not is_kept:
                await fresh.end()
        return is_kept

    async def _are_ready(self) -> bool | None:
        """Whether all could start; None if the end came first."""
        members = self.members.values()
        ready = asyncio.ensure_future(_all(member.is_ready() for member in members))
        over = asyncio.ensure_future(self.over.wait())
        over.add_done_callback(lambda _: ready.cancel())
        await asyncio.wait([ready])
        over.cancel()
        return None if ready.cancelled() else ready.result()


async def _all(answers: Iterable[Awaitable[bool]]) -> bool:
    return all(await asyncio.gather(*answers))


def supervise(listener: socket.socket, count: int) -> bool:
    """Holds so many workers until it is told to end; whether all has gone well."""
    logger.info("Process %s holds %s workers", os.getpid(), count)

    async def run() -> bool:
        return await Supervisor(listener, count).run()

    return asyncio.run(run())
