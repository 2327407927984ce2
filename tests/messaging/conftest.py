"""Windows as the server sees them: real frames through the whole application, without a browser."""

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


class Window:
    """One open page of a person. What it has received is one long text; confirmations are sent as a
    page sends them.
    """

    def __init__(self, user, communicator, name, client):
        self.user, self.communicator, self.name, self.client = user, communicator, name, client
        self.seen = ""
        self.proofs = {}  # the token that has come with each message, by its key
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

    async def sees(self, text, times=1):
        """Reads frames until the text has come so many times; fails after the communicator's
        time-out.
        """
        while self.seen.count(text) < times:
            await self.read()
        return self.seen

    async def read(self):
        frame = await self.communicator.receive_from(timeout=5)
        self.seen += frame
        self.proofs |= dict(
            re.findall(r'id="message-([\w-]+)".*?data-proof="([\w-]+)"', frame, re.DOTALL)
        )
        if self.confirms and (cursor := re.search(r'name="cursor" value="([^"]*)"', frame)):
            await self.send(type="shown", cursor=cursor[1])

    async def settles(self):
        """Reads whatever is under way, until nothing comes any more."""
        while not await self.communicator.receive_nothing(timeout=0.2):
            await self.read()
        return self.seen

    async def leaves(self):
        """The wire is cut: what comes now, this window misses."""
        await self.communicator.disconnect()

    async def is_closed(self):
        """The code with which the server ends this socket."""
        while (frame := await self.communicator.receive_output(timeout=5))[
            "type"
        ] != "websocket.close":
            pass
        return frame["code"]

    def texts(self):
        """What was said, in the order in which it came."""
        return re.findall(r'message__text"[^>]*>([^<]+)<', self.seen)

    def cursor(self):
        return re.findall(r'name="cursor" value="([^"]*)"', self.seen)[-1]


class Socket(WebsocketCommunicator):
    async def disconnect(self, code=1000, timeout=1):  # noqa: ASYNC109 - as Channels has it
        try:
            await super().disconnect(code, timeout)
        finally:
            await all_is_done()


async def all_is_done():
    """A window looks at the database beside what it does: that must not meet the emptying of it."""
    if looks := [task for task in running_tasks if task.get_loop() is asyncio.get_running_loop()]:
        await asyncio.wait(looks, timeout=5)


def connect(cookie="", origin=settings.SITE_URL, host="localhost:8000", path="/ws/chat/"):
    headers = [(b"host", host.encode()), (b"cookie", cookie.encode())]
    headers += [(b"origin", origin.encode())] if origin is not None else []
    return Socket(application, path, headers=headers)


async def disconnect(communicator):
    """Where a test waited in vain, its communicator has cancelled the window: pytest must not fail
    over that, or what all fixtures have set up is left to the next tests.
    """
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
    """Of this process too: the next test has another event loop."""
    await sync_to_async(connections.close_all)()
    await get_channel_layer().close()
    mailbox, presence = backends.redis_mailbox(), backends.redis_presence()
    await mailbox.client.call("FLUSHALL")
    await mailbox.client.close()
    # For some seconds, it would be waited for those on the way back.
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
    """Tell who has come and gone ten times as often: most tests wait for such news and are about
    something else.
    """
    if not request.node.get_closest_marker("product_pace"):
        monkeypatch.setattr("messaging.delivery.background.INTERVAL", 0.1)
        monkeypatch.setattr("messaging.delivery.background.PRESENCE_INTERVAL", 0.08)


@pytest.fixture(params=["memory", "redis"])
def home(request):
    """Where the state of a test of the domain lives: each home must behave as the other one."""
    return request.param


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def new_mailbox(home, request):
    """A function: `await new_mailbox(clock)` is an empty mailbox in that home."""
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
    """A function: `await new_process()` is the mailbox of one more process over the same Redis."""
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
    """The time of the server's mailbox."""
    clock = Clock()
    if (
        settings.REDIS_URL
    ):  # whose time is the one that everybody has: what was counted before must not lie ahead
        clock.now = time.time()
    monkeypatch.setattr(mailbox, "clock", clock)
    return clock


@pytest.fixture
async def open_window(transactional_db):
    """A function: `await open_window(alice)` is a new window of hers that has said hello and knows
    its panes.
    """
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
    """A function: `await come_back(window)` is the same page on a new socket, which presents what
    it has shown.
    """

    async def come_back(window, *panes, away=5):
        held = {"client": window.client, "name": window.name, "cursor": window.cursor()}
        return await open_window(window.user, *panes, away=away, **held)

    return come_back


@pytest.fixture
async def pair(alice, bob, open_window):
    """A window of each, which shows "first"; and the name of that message."""
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    id = await here.says("first", to=bob)
    await there.sees("first")
    await here.sees("state--delivered")
    await there.settles()
    return here, there, id
