"""A page without a browser that reconnects and resends like a real one."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Self

from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.load.fleet.fleet import Fleet
from tests.load.fleet.outbox import Outbox, Said
from tests.support import frame_parser
from tests.support.people import Person
from tests.support.window import Window

STAYS_AWAY = {4401, 4409}  # as static/js/connection/connection.js has it


class Page(Window):
    """`ends` records when and why sockets closed, `returns` when the next was answered."""

    def __init__(self, fleet: Fleet, person: Person, *peers: Person) -> None:
        super().__init__(fleet, person, *peers, is_compressed=False)
        self.fleet = fleet
        self.outbox = Outbox(self._offer)
        self.ends: list[tuple[float, int]] = []
        self.returns: list[float] = []
        self.sending: set[asyncio.Task] = set()
        self.is_back = False
        self.stays_away = False  # does not reconnect after its socket has ended

    # Connection

    async def opens(self, worker: int | None = None) -> Self:
        self.task = asyncio.create_task(self._live(worker))
        await self.until(lambda: bool(self.cursor))
        return self

    async def closes(self) -> None:
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task
        await super().closes()

    async def _live(self, worker: int | None) -> None:
        tries = 0
        while True:
            if await self._reaches_one(worker):
                tries = 0
                await self._stays()
                if self.stays_away or self.code in STAYS_AWAY:
                    return
            await asyncio.sleep(min(4.0, 0.5 * 2**tries) * random.uniform(0.5, 1))  # noqa: S311 - jitter
            worker, tries = None, tries + 1

    async def _reaches_one(self, worker: int | None) -> bool:
        """Connect to any process, or first to the named one. Skip stopped ones."""
        for port in self.fleet.ports(worker):
            with contextlib.suppress(OSError, InvalidStatus, ConnectionClosed, EOFError):
                await self.connects(port)
                self.is_back = False
                return True
        return False

    async def _stays(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            await self.says_hello(round(time.monotonic() - self.ends[-1][0]) if self.ends else 0)
            self.outbox.offers_again()
        await self.until(lambda: not self.is_open, seconds=3600)
        self.ends.append((time.monotonic(), self.code))

    # Sending

    def writes(self, text: str, to: Person) -> Said:
        """Send a message once there is a connection, and again until it is delivered."""
        return self.outbox.says(to.id, text)

    def unsends(self, id: str, to: Person) -> None:
        self.sends(type="unsend", conversation=str(to.id), id=id)

    def clears(self, peer: Person) -> None:
        self.sends(type="clear", conversation=str(peer.id))

    async def is_cut_off(self) -> None:
        """Close the socket without a close frame. The page reconnects by itself."""
        came_back = len(self.returns)
        await self.is_cut()
        await self.until(lambda: len(self.returns) > came_back)

    def _offer(self, said: Said) -> None:
        self.sends(type="message", conversation=str(said.peer), id=said.id, text=said.text)

    def sends(self, **frame: object) -> None:
        """Send without waiting. Do nothing without a connection."""
        if self.is_open:
            task = asyncio.create_task(self._sends(frame))
            self.sending.add(task)  # a task without a reference may be garbage collected
            task.add_done_callback(self.sending.discard)

    async def _sends(self, frame: dict) -> None:
        with contextlib.suppress(ConnectionClosed):
            await self.send(**frame)

    # Receiving

    def hears(self, frame: str) -> None:
        for id in self.draws(frame):
            self.outbox.is_taken(id)
        for state in frame_parser.states(frame):
            self.outbox.learns(state)
        if frame_parser.RESYNC in frame:
            self.outbox.offers_again()
        if not self.is_back:
            self.returns.append(time.monotonic())
        self.is_back = True


async def every(pages: Iterable[Page], is_so: Callable[[Page], bool], seconds: float = 60) -> None:
    """Wait until the condition is true for each page."""
    await asyncio.gather(*[page.until(partial(is_so, page), seconds) for page in pages])
