"""Windows without a browser: real sockets to a real server, which confirm what they are sent as a page does."""

import asyncio
import json
import secrets
import subprocess
import sys
import time
import uuid
from typing import NamedTuple, Protocol

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests import heard
from tests.servers import ROOT, Server

SIGN_IN = """
import json
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
for name in {names}:
    client, user = Client(), get_user_model().objects.create_user(name)
    client.force_login(user)
    print(json.dumps([user.pk, name, client.cookies[settings.SESSION_COOKIE_NAME].output(header="", attrs=[])]))
"""


class Site(Protocol):
    """Where a server is, as a browser knows it."""

    @property
    def url(self) -> str: ...


class Person(NamedTuple):
    id: int
    name: str
    cookie: str


class Change(NamedTuple):
    """What a window was told of somebody's presence, and when (in seconds of a clock that only goes forward)."""

    time: float
    person: int
    state: str


def people(server: Server, count: int) -> list[Person]:
    """So many new people, each with a session."""
    names = [f"person-{secrets.token_hex(5)}" for _ in range(count)]
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", SIGN_IN.format(names=names)]
    made = subprocess.run(command, cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True)
    return [Person(*json.loads(line)) for line in made.stdout.splitlines()]


class Window:
    """One open page of a person. `shown` is what it shows, in order: who said it, and the text."""

    def __init__(self, server: Site, person: Person) -> None:
        self.server, self.person, self.name = server, person, uuid.uuid4().hex
        self.shown: list[tuple[int, str]] = []
        self.delivered: list[str] = []
        self.changes: list[Change] = []
        self.cursor = ""
        self.frames = 0
        self.is_open = False

    async def opens(self, *peers: Person) -> "Window":
        await self.connects()
        panes = [str(peer.id) for peer in peers]
        await self.send(type="hello", window=self.name, cursor=self.cursor, away="0", pane=panes)
        await self.until(lambda: bool(self.cursor))
        return self

    async def connects(self) -> None:
        """A socket, on which nothing has been said yet."""
        self.news = asyncio.Event()
        self.socket = await connect(
            f"{self.server.url.replace('http', 'ws')}/ws/chat/",
            host="127.0.0.1",
            origin=self.server.url,  # type: ignore[arg-type]
            additional_headers={"Cookie": self.person.cookie.strip()},
            proxy=None,
            ping_interval=None,
        )
        self.is_open, self.opened_at = True, time.monotonic()
        self.reading = asyncio.create_task(self._read())

    async def send(self, **frame: object) -> None:
        await self.socket.send(json.dumps(frame))

    async def says(self, text: str, to: Person) -> None:
        await self.send(type="message", peer=str(to.id), id=str(uuid.uuid4()), text=text)

    async def until(self, is_so, seconds: float = 60) -> None:
        """Goes on as soon as it is so; fails after so many seconds."""
        async with asyncio.timeout(seconds):
            while not is_so():
                self.news.clear()
                await self.news.wait()

    async def closes(self) -> None:
        await self.socket.close()
        await self.reading

    async def is_cut(self, unfinished: bytes = b"") -> None:
        """Its wire ends without a goodbye, if need be in the middle of something."""
        if unfinished:
            self.socket.transport.write(unfinished)
            await asyncio.sleep(0)
        self.socket.transport.abort()
        await self.reading

    def told(self, person: Person) -> list[Change]:
        return [change for change in self.changes if change.person == person.id]

    def heard(self, person: Person) -> list[str]:
        return [text for sender, text in self.shown if sender == person.id]

    async def _read(self) -> None:
        try:
            async for frame in self.socket:
                await self._take_in(str(frame))
        except ConnectionClosed:
            pass
        self.is_open = False
        self.news.set()

    async def _take_in(self, frame: str) -> None:
        self.frames += 1
        self.shown += [(int(key.partition("-")[0]), text) for key, text in heard.MESSAGE.findall(frame)]
        self.delivered += [state.id for state in heard.states(frame) if state.name == "delivered"]
        self.changes += [Change(time.monotonic(), id, state) for state, id in heard.presence(frame)]
        if cursors := heard.CURSOR.findall(frame):
            self.cursor = cursors[-1]
            await self.send(type="shown", cursor=self.cursor)
        self.news.set()
