"""Windows without a browser: real frames through the whole application."""

import asyncio
import re
import time
import uuid
from contextlib import AsyncExitStack, suppress

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import connections

from config.asgi import application
from messaging import rate_limits
from messaging.backends import mailbox, reattach_windows
from messaging.backends.redis.client import RedisClient
from messaging.backends.redis.presence import RedisPresence
from messaging.consumers.authentication import authenticator
from messaging.consumers.websocket import registry
from messaging.delivery.background import background_task, running_tasks
from messaging.rendering.page_version import PAGE_VERSION
from tests.conftest import signed_in
from tests.messaging.backends.domain import SECONDS, Clock
from tests.messaging.backends.mailboxes import memory_mailbox, new_client, redis_mailbox
from tests.support import backends

AT_ONCE = 5  # seconds for what takes less than one on an idle machine


class Window:
    """One open page. Collect everything that it receives as text, and confirm like a page."""

    def __init__(self, user, communicator, name, client):
        self.user, self.communicator, self.name, self.client = user, communicator, name, client
        self.seen = ""
        self.proofs = {}  # the token of each message by its key
        self.confirms = True

    async def send(self, **frame):
        await self.communicator.send_json_to(frame)

    async def hello(self, *panes, cursor="", away=0):
        ids = [str(user.pk) for user in panes]
        hello = {"window": self.name, "cursor": cursor, "away": str(away), "pane": ids}
        await self.send(type="hello", version=PAGE_VERSION, **hello)
        await self.sees('name="cursor"')

    async def says(self, text, to, id=None):
        id = id or str(uuid.uuid4())
        await self.send(type="message", conversation=str(to.pk), id=id, text=text)
        return id

    async def offers(self, name, to, id=None, **file):
        """Send a message with a file, which is a picture unless the fields of a `file` differ."""
        id = id or str(uuid.uuid4())
        file = {"size": 2_400_000, "kind": "jpeg", "digest": "ab" * 32, **file}
        await self.send(type="message", conversation=str(to.pk), id=id, text=name, file=file)
        return id

    async def sees(self, text, times=1):
        """Read frames until the text has arrived this many times, or fail after the timeout."""
        while self.seen.count(text) < times:
            await self.read()
        return self.seen

    async def read(self):
        frame = await self.communicator.receive_from()
        self.seen += frame
        self.proofs |= dict(
            re.findall(r'id="message-([\w-]+)".*?data-proof="([\w.-]+)"', frame, re.DOTALL)
        )
        if self.confirms and (cursor := re.search(r'name="cursor" value="([^"]*)"', frame)):
            await self.send(type="shown", cursor=cursor[1])

    async def settles(self):
        """Read until nothing more arrives."""
        while not await self.communicator.receive_nothing(timeout=0.2):
            await self.read()
        return self.seen

    async def leaves(self):
        """Cut the connection, so that the window misses what follows."""
        await self.communicator.disconnect()

    async def is_closed(self):
        """Return the code with which the server closes this socket."""
        while (frame := await self.communicator.receive_output())["type"] != "websocket.close":
            pass
        return frame["code"]

    def texts(self):
        """Return the texts of the messages in order of arrival."""
        return re.findall(r'message__text"[^>]*>([^<]+)<', self.seen)

    def cursor(self):
        return re.findall(r'name="cursor" value="([^"]*)"', self.seen)[-1]


class Socket(WebsocketCommunicator):
    """A communicator with a longer time-out than Channels' default of a second, because other
    tests run at the same time.
    """

    async def connect(self, timeout=AT_ONCE):  # noqa: ASYNC109 - as Channels has it
        return await super().connect(timeout)

    async def receive_output(self, timeout=AT_ONCE):  # noqa: ASYNC109
        return await super().receive_output(timeout)

    async def receive_from(self, timeout=AT_ONCE):  # noqa: ASYNC109
        return await super().receive_from(timeout)

    async def disconnect(self, code=1000, timeout=AT_ONCE):  # noqa: ASYNC109
        try:
            await super().disconnect(code, timeout)
        finally:
            await wait_for_queries()


async def wait_for_queries():
    """Wait for background queries of windows, which would conflict with emptying the database."""
    if looks := [task for task in running_tasks if task.get_loop() is asyncio.get_running_loop()]:
        await asyncio.wait(looks, timeout=5)


def connect(cookie="", origin=settings.SITE_URL, host="localhost:8000", path="/ws/chat/"):
    headers = [(b"host", host.encode()), (b"cookie", cookie.encode())]
    headers += [(b"origin", origin.encode())] if origin is not None else []
    return Socket(application, path, headers=headers)


async def disconnect(communicator):
    """Disconnect. Ignore cancelled windows, or pytest would skip the cleanup of all fixtures."""
    with suppress(asyncio.CancelledError):
        await communicator.disconnect()


def cookie_of(client):
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def forget_in_memory():
    backends.memory_mailbox().inboxes.clear()
    backends.memory_mailbox().clearings.under_way.clear()
    presence = backends.own_presence()
    presence.leases.clear()
    presence.told.clear()
    presence.needs_resync = False
    for limit in rate_limits.ALL:
        limit.paid_until.clear()
        limit.refused_until.clear()


async def forget_in_redis():
    """Also drop this process's connections, because the next test has another event loop."""
    await sync_to_async(connections.close_all)()
    await get_channel_layer().close()
    mailbox, presence = backends.redis_mailbox(), backends.redis_presence()
    await mailbox.client.call("FLUSHALL")
    await mailbox.client.close()
    # Otherwise, the next test would wait for windows to return.
    mailbox.client.failed_at = float("-inf")
    RedisPresence.__init__(
        presence, mailbox.client, mailbox.encryptor, mailbox.forget_process, reattach_windows
    )
    rate_limits.frames.paid_until.clear()
    rate_limits.frames.refused_until.clear()


if settings.REDIS_URL:

    @pytest.fixture(autouse=True)
    async def empty_memory():
        yield
        forget_tasks()
        await forget_in_redis()

else:

    @pytest.fixture(autouse=True)
    def empty_memory():
        yield
        forget_tasks()
        forget_in_memory()


def forget_tasks():
    background_task.task = None
    for batch in (authenticator.sessions, authenticator.ends, authenticator.renewals):
        batch.task = None
        batch.waiting.clear()
    registry.flooded.clear()


@pytest.fixture(autouse=True)
def quick_background_task(request, monkeypatch):
    """Report presence ten times as often, because many tests wait for it."""
    if not request.node.get_closest_marker("product_pace"):
        monkeypatch.setattr("messaging.delivery.background.INTERVAL", 0.1)
        monkeypatch.setattr("messaging.delivery.background.PRESENCE_INTERVAL", 0.08)


@pytest.fixture(params=["memory", "redis"])
def home(request):
    """Return the name of a backend. Domain tests run with each."""
    return request.param


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def new_mailbox(home, request):
    """Return an async function that makes an empty mailbox in that backend."""
    async with AsyncExitStack() as stack:

        async def make(clock):
            if home == "memory":
                return memory_mailbox(clock, SECONDS)
            link = new_client(request.getfixturevalue("redis_url"))
            stack.push_async_callback(link.close)
            return await redis_mailbox(link, clock, SECONDS)

        yield make


@pytest.fixture
async def new_process(redis_url, clock):
    """Return an async function that makes the mailbox of another process with the same Redis."""
    async with AsyncExitStack() as stack:
        made: list[RedisClient] = []

        async def start():
            link = new_client(redis_url, beside=made[0] if made else None)
            made.append(link)
            stack.push_async_callback(link.close)
            return await redis_mailbox(link, clock, SECONDS)

        yield start


@pytest.fixture
def server_clock(monkeypatch):
    """Return the clock of the server's mailbox."""
    clock = Clock()
    if (
        settings.REDIS_URL
    ):  # rate limits use the real time, so counters of earlier tests must not lie in the future
        clock.now = time.time()
    monkeypatch.setattr(mailbox, "clock", clock)
    return clock


@pytest.fixture
async def open_window(transactional_db):
    """Return an async function that opens a window of a person, with panes for others."""
    async with AsyncExitStack() as stack:

        async def open_it(user, *panes, client=None, name=None, hello=True, language="en", **words):
            client = client or await sync_to_async(signed_in)(user)
            communicator = connect(
                f"{cookie_of(client)}; {settings.LANGUAGE_COOKIE_NAME}={language}"
            )
            accepted, _ = await communicator.connect()
            assert accepted
            stack.push_async_callback(disconnect, communicator)
            window = Window(user, communicator, name or uuid.uuid4().hex, client)
            if hello:
                await window.hello(*panes, **words)
            return window

        yield open_it
        if background_task.task:
            background_task.task.cancel()


@pytest.fixture
def come_back(open_window):
    """Return an async function that reconnects a window with its last cursor."""

    async def come_back(window, *panes, away=5):
        held = {"client": window.client, "name": window.name, "cursor": window.cursor()}
        return await open_window(window.user, *panes, away=away, **held)

    return come_back


@pytest.fixture
async def pair(alice, bob, open_window):
    """Return a window of each person, both of which show "first", and that message's id."""
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    id = await here.says("first", to=bob)
    await there.sees("first")
    await here.sees("state--delivered")
    await there.settles()
    return here, there, id
