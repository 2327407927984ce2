"""A page without a browser, which behaves as the real one: it comes back, offers again, confirms and shows once."""

import asyncio
import contextlib
import json
import random
import time
import uuid
from collections.abc import Callable, Iterable
from functools import partial

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests import heard
from tests.fleet.balancer import socket_of
from tests.fleet.fleet import Person, Service
from tests.fleet.outbox import Outbox, Said
from tests.screen import Screen

STAYS_AWAY = {4401, 4409}  # as static/js/connection.js has it


class Page(Screen):
    """`ends` and `returns` tell of its sockets: when each was gone, with which code, and when the next was answered."""

    def __init__(self, fleet: Service, person: Person, *peers: Person) -> None:
        super().__init__()
        self.fleet, self.person, self.peers = fleet, person, peers
        self.name, self.cursor = uuid.uuid4().hex, ""
        self.outbox = Outbox(self._offer)
        self.ends: list[tuple[float, int]] = []
        self.returns: list[float] = []
        self.socket: ClientConnection | None = None
        self.sending: set[asyncio.Task] = set()
        self.changed: list[asyncio.Event] = []
        self.confirms = True
        self.stays_away = False  # once its socket has ended

    # Its life

    async def opens(self, worker: int | None = None) -> "Page":
        self.task = asyncio.create_task(self._live(worker))
        await self.until(lambda: bool(self.cursor))
        return self

    async def closes(self) -> None:
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task

    async def _live(self, worker: int | None) -> None:
        tries = 0
        while True:
            if socket := await socket_of(self.fleet, self.person, worker):
                tries = 0
                try:
                    await self._stay(socket)
                finally:
                    self.socket = None
                    await socket.close()
                self.ends.append((time.monotonic(), socket.close_code or 1006))
                if self.stays_away or socket.close_code in STAYS_AWAY:
                    return
            await asyncio.sleep(min(4.0, 0.5 * 2**tries) * random.uniform(0.5, 1))  # noqa: S311 - jitter
            worker, tries = None, tries + 1

    async def _stay(self, socket: ClientConnection) -> None:
        self.socket = socket
        away = round(time.monotonic() - self.ends[-1][0]) if self.ends else 0
        panes = [str(peer.id) for peer in self.peers]
        with contextlib.suppress(ConnectionClosed):
            self._send(type="hello", window=self.name, cursor=self.cursor, away=str(away), pane=panes)
            self.outbox.offers_again()
            is_back = False
            async for frame in socket:
                await self._take_in(str(frame))
                if not is_back:
                    self.returns.append(time.monotonic())
                is_back = True

    # What it does

    def says(self, text: str, to: Person) -> Said:
        return self.outbox.says(to.id, text)

    def takes_back(self, id: str, to: Person) -> None:
        self._send(type="take-back", peer=str(to.id), id=id)

    def clears(self, peer: Person) -> None:
        self._send(type="clear", peer=str(peer.id))

    async def is_cut_off(self) -> None:
        """Its socket ends, as when a wire is cut; it comes back by itself."""
        came_back = len(self.returns)
        if self.socket:
            self.socket.transport.abort()
        await self.until(lambda: len(self.returns) > came_back)

    def _offer(self, said: Said) -> None:
        self._send(type="message", peer=str(said.peer), id=said.id, text=said.text)

    def _send(self, **frame: object) -> None:
        if self.socket:
            task = asyncio.create_task(self._write(self.socket, json.dumps(frame)))
            self.sending.add(task)  # a task that nobody holds may be collected before it is done
            task.add_done_callback(self.sending.discard)

    @staticmethod
    async def _write(socket: ClientConnection, text: str) -> None:
        with contextlib.suppress(ConnectionClosed):
            await socket.send(text)

    # What it hears

    async def _take_in(self, frame: str) -> None:
        for id in self.draws(frame):
            self.outbox.is_taken(id)
        for state in heard.states(frame):
            self.outbox.learns(state)
        if heard.OFFER_AGAIN in frame:
            self.outbox.offers_again()
        if cursors := heard.CURSOR.findall(frame):
            self.cursor = cursors[-1]
            if self.confirms:
                self._send(type="shown", cursor=self.cursor)
        for event in self.changed:
            event.set()

    async def until(self, is_so: Callable[[], bool], seconds: float = 60) -> None:
        """Goes on as soon as it is so; fails after so many seconds."""
        event = asyncio.Event()
        self.changed.append(event)
        try:
            async with asyncio.timeout(seconds):
                while not is_so():
                    event.clear()
                    await event.wait()
        finally:
            self.changed.remove(event)


async def every(pages: Iterable[Page], is_so: Callable[[Page], bool], seconds: float = 60) -> None:
    """Goes on as soon as it is so of each of them."""
    await asyncio.gather(*[page.until(partial(is_so, page), seconds) for page in pages])
