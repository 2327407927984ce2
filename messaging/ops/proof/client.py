"""An open page of one person, as the server sees it: says hello, sends, and confirms what it has
shown.
"""

import asyncio
import json
import re
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from django.conf import settings

from messaging.ops.proof import websocket
from messaging.ops.proof.server import Server
from messaging.ops.proof.temporary_users import Stranger
from messaging.rendering.page_version import PAGE_VERSION

PATIENCE = (
    10  # seconds in which nothing at all is heard; a busy machine may take long, but it goes on
)
CURSOR = re.compile(r'name="cursor" value="([^"]+)"')
SHOWN = re.compile(r'id="message-([^"]+)"')
DELIVERED = re.compile(r'#state-([\w-]+),#elsewhere">\s*<span class="state state--delivered"')


class Window:
    def __init__(self, server: Server, person: Stranger) -> None:
        self.server, self.person, self.name = server, person, uuid.uuid4().hex
        self.shown: set[str] = set()
        self.delivered: set[str] = set()
        self.cursor = ""
        self.news = asyncio.Event()
        self.confirms = True

    async def open(self, *peers: Stranger) -> Self:
        """Connect, and say hello with a pane for each of the peers."""
        cookie = (
            f"{self.server.cookie_name(settings.SESSION_COOKIE_NAME)}={self.person.session_key}"
        )
        self.wire = await websocket.connect(self.server, cookie)
        self.reading = asyncio.create_task(self._read())
        panes = [str(peer.id) for peer in peers]
        hello = {
            "window": self.name,
            "cursor": self.cursor,
            "away": "0",
            "pane": panes,
            "version": PAGE_VERSION,
        }
        await self.send(type="hello", **hello)
        if not await self.until(lambda: bool(self.cursor)):
            raise ConnectionError("The server did not answer a window's hello.")
        return self

    async def send(self, **frame: object) -> None:
        await self.wire.send(json.dumps(frame))

    async def say(self, text: str, to: Stranger) -> str:
        id = str(uuid.uuid4())
        await self.send(type="message", peer=str(to.id), id=id, text=text)
        return id

    async def until(self, is_so: Callable[[], bool]) -> bool:
        """Whether it has come true before the server fell silent."""
        with suppress(TimeoutError):
            while not is_so():
                self.news.clear()
                await asyncio.wait_for(self.news.wait(), PATIENCE)
        return is_so()

    async def close(self) -> None:
        self.wire.cut()
        await self.reading

    async def _read(self) -> None:
        async for text in self.wire.texts():
            self.shown |= set(SHOWN.findall(text))
            self.delivered |= set(DELIVERED.findall(text))
            if cursors := CURSOR.findall(text):
                await self._confirm(cursors[-1])
            self.news.set()

    async def _confirm(self, cursor: str) -> None:
        self.cursor = cursor
        if self.confirms:
            await self.send(type="shown", cursor=cursor)
