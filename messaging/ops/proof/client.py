"""Clients: a chat page that confirms what it shows, and a form that is never complete."""

import asyncio
import json
import re
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Self
from urllib.parse import urlencode

from messaging.domain.sizes import MAX_BODY
from messaging.ops.proof import websocket
from messaging.ops.proof.canary import Canary
from messaging.ops.proof.server import ProofServer
from messaging.ops.proof.temporary_users import TemporaryUser
from messaging.rendering.page_version import PAGE_VERSION

SERVER_TIMEOUT = 10  # seconds of silence from the server
CURSOR = re.compile(r'name="cursor" value="([^"]+)"')
SHOWN = re.compile(r'id="message-([^"]+)"')
PROOF = re.compile(r'id="message-([^"]+)".*?data-proof="([^"]+)"', re.DOTALL)
WANTED = re.compile(r'data-message="([^"]+)"\s+data-token="([^"]+)"')
ANSWERED = re.compile(r'oob="innerHTML:#file-([\w-]+)')
DELIVERED = re.compile(r'#state-([\w-]+),#elsewhere">\s*<span class="state state--delivered"')


class ChatClient:
    def __init__(self, server: ProofServer, person: TemporaryUser) -> None:
        self.server, self.person, self.name = server, person, uuid.uuid4().hex
        self.shown: set[str] = set()
        self.delivered: set[str] = set()
        self.proofs: dict[str, str] = {}  # of messages, by their keys
        self.wanted: dict[str, str] = {}  # tokens of files that a recipient has accepted
        self.answered: set[str] = set()  # keys of files that were received or declined
        self.cursor = ""
        self.news = asyncio.Event()
        self.confirms = True

    async def open(self, *peers: TemporaryUser) -> Self:
        """Connect and send a hello with a pane for each peer. Raise ConnectionError on failure."""
        self.wire = await websocket.connect(self.server, self.person.session_key)
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

    async def say(self, text: str, to: TemporaryUser, **more: object) -> str:
        """Send a message, and return its ID. `more` are further fields of its frame."""
        id = str(uuid.uuid4())
        await self.send(type="message", conversation=str(to.id), id=id, text=text, **more)
        return id

    async def until(self, is_so: Callable[[], bool]) -> bool:
        """Wait until the condition holds or the server falls silent. Return whether it holds."""
        with suppress(TimeoutError):
            while not is_so():
                self.news.clear()
                await asyncio.wait_for(self.news.wait(), SERVER_TIMEOUT)
        return is_so()

    async def close(self) -> None:
        self.wire.cut()
        await self.reading

    async def _read(self) -> None:
        async for _, payload in self.wire.frames():
            text = payload.decode()
            self.proofs |= dict(PROOF.findall(text))
            self.wanted |= dict(WANTED.findall(text))
            self.answered |= set(ANSWERED.findall(text))
            self.shown |= set(SHOWN.findall(text))
            self.delivered |= set(DELIVERED.findall(text))
            if cursors := CURSOR.findall(text):
                await self._confirm(cursors[-1])
            self.news.set()

    async def _confirm(self, cursor: str) -> None:
        self.cursor = cursor
        if self.confirms:
            await self.send(type="shown", cursor=cursor)


@contextmanager
def unfinished_form(server: ProofServer, canary: Canary) -> Iterator[None]:
    """Send the largest form that the server accepts, but without its last byte."""
    field = urlencode({"q": f"{canary.text} "}).encode() + b"&"
    body = field * (MAX_BODY // len(field))
    head = f"POST / HTTP/1.1\r\nHost: {server.host}\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall(head.encode() + body[:-1])
        yield
