"""Write to a socket in order, from code that must not wait."""

import asyncio
import json
from collections import deque
from collections.abc import Callable

from messaging.consumers.outbound import Send


class Writer:
    """A queue with one task that empties it. The credit of a transfer limits the size of the queue.
    `fail` is called with the error if writing fails.
    """

    def __init__(self, send: Send, fail: Callable[[Exception], None]) -> None:
        self.send, self.fail = send, fail
        self.waiting: deque[dict] = deque()
        self.task: asyncio.Task | None = None
        self.is_stopped = False

    def put_bytes(self, data: bytes) -> None:
        self._put({"type": "websocket.send", "bytes": data})

    def put(self, kind: str, **words: object) -> None:
        self._put({"type": "websocket.send", "text": frame(kind, **words)})

    def stop(self) -> None:
        """Write nothing more."""
        self.is_stopped = True
        self.waiting.clear()
        if self.task:
            self.task.cancel()

    def _put(self, event: dict) -> None:
        if not self.is_stopped:
            self.waiting.append(event)
            if self.task is None:
                self.task = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        try:
            while self.waiting:
                await self.send(self.waiting.popleft())
        except Exception as error:  # noqa: BLE001 - the server would log it with private data
            self.fail(error)
        finally:
            self.task = None


def frame(kind: str, **words: object) -> str:
    return json.dumps({"type": kind, **words})
