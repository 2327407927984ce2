"""One worker, as the supervisor sees it: a process, and a wire to it."""

import asyncio
import signal
import socket
import time

START = 60.0  # seconds in which a worker must be ready
END = 9.0  # and in which it must have gone


class Member:
    """A worker's process, and the wire to it: the process ends by itself when this end is closed."""

    def __init__(self, process: asyncio.subprocess.Process, wire: socket.socket) -> None:
        self.process, self.wire = process, wire
        self.began = time.monotonic()

    async def is_ready(self) -> bool:
        """As soon as it is known: False if it has died before, or takes too long."""
        try:
            async with asyncio.timeout(START):
                return bool(await asyncio.get_running_loop().sock_recv(self.wire, 16))
        except OSError:  # TimeoutError is one
            return False

    async def end(self) -> bool:
        """Asks it to go, and waits for that; whether it has gone by itself."""
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(END):
                code = await self.process.wait()
        except TimeoutError:
            self._signal(signal.SIGKILL)
            code = await self.process.wait()
        self.wire.close()
        return code in {0, -signal.SIGTERM}  # the latter if it was told before it could listen to that

    def _signal(self, number: int) -> None:
        if self.process.returncode is None:
            self.process.send_signal(number)
