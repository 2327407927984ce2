"""Pages without a browser that send and receive files, with real frames through the application."""

import asyncio
import json
import re
import uuid
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest
from asgiref.sync import sync_to_async

from messaging.domain import franking
from messaging.domain.conversations import Conversation, Person
from messaging.domain.files import File
from messaging.domain.messages import Message
from messaging.files import events
from messaging.files.registry import registry
from tests.messaging.conftest import connect, cookie_of, disconnect, signed_in
from tests.support.file_client import Offer, chunks, number_of

DATA = bytes(range(256)) * 1_000  # four chunks
WANTED_FOR = r'data-message="{}"\s+data-token="([^"]+)"'


class Page:
    """A file socket. `heard` has its text frames, and `got` the binary ones."""

    def __init__(self, user, communicator, client):
        self.user, self.communicator, self.client = user, communicator, client
        self.heard, self.got = [], []

    async def says(self, frame_type, /, **fields):
        await self.communicator.send_json_to({"type": frame_type, **fields})

    async def sends(self, data):
        await self.communicator.send_to(bytes_data=data)

    async def hears(self, kind):
        """Read until this text frame arrives, and return it."""
        while True:
            frame = await self.reads()
            if isinstance(frame, dict) and frame["type"] == kind:
                return frame

    async def reads(self):
        event = await self.communicator.receive_output(timeout=5)
        assert event["type"] == "websocket.send", event
        if event.get("bytes") is not None:
            self.got.append(event["bytes"])
            return event["bytes"]
        self.heard.append(json.loads(event["text"]))
        return self.heard[-1]

    async def is_closed(self):
        """Wait until the server closes the socket. Return the code, and the text before it."""
        while (event := await self.communicator.receive_output(timeout=5))[
            "type"
        ] != "websocket.close":
            if event.get("text"):
                self.heard.append(json.loads(event["text"]))
        return event["code"], self.heard[-1].get("reason", "") if self.heard else ""

    async def leaves(self):
        await self.communicator.disconnect()


@pytest.fixture(autouse=True)
def quick_ticks(monkeypatch):
    monkeypatch.setattr(events, "TICK", 0.05)
    yield
    registry.sockets.clear()


@pytest.fixture
async def open_socket(transactional_db, alice, bob, carol):
    """Return an async function that opens a file socket of a person. Create all people first,
    because the queries of an open socket lock tables of SQLite.
    """
    async with AsyncExitStack() as stack:

        async def open_it(user, client=None):
            client = client or await sync_to_async(signed_in)(user)
            communicator = connect(cookie_of(client), path="/ws/files/")
            accepted, _ = await communicator.connect()
            assert accepted
            stack.push_async_callback(disconnect, communicator)
            return Page(user, communicator, client)

        yield open_it


def offered(sender, recipient, data=DATA, kind=""):
    """Return what both people's pages know about a message with this file."""
    id = str(uuid.uuid4())
    offer = Offer.of(data, f"{sender.pk}-{id}", "", kind)
    people = Person(sender.pk, ""), Person(recipient.pk, "")
    file = File(offer.size, offer.kind, offer.digest)
    message = Message(id, people[0], Conversation.of(*people), "a", datetime.now(UTC), file=file)
    return offer._replace(proof=franking.proof(message))


async def wants(page, offer, **changed):
    """Request a file like the recipient's page."""
    fields = {"conversation": offer.message.split("-")[0], **offer._asdict(), **changed}
    await page.says("receive", **fields)


async def token_in(window, offer, times=1):
    """Wait until a window of the sender has this many tokens for the offer, and return the last
    one.
    """
    while len(found := re.findall(WANTED_FOR.format(offer.message), window.seen)) < times:
        await window.read()
    return found[-1]


class Transfer:
    """Alice sends a file to Bob. `window` is her chat page; `data` has four chunks."""

    def __init__(self, offer, window, sender, recipient):
        self.offer, self.window, self.sender, self.recipient = offer, window, sender, recipient
        self.parts = chunks(DATA)

    async def passes(self, count, start=0):
        """Send this many chunks, and wait until they arrive and are confirmed."""
        for number in range(start, start + count):
            await self.sender.sends(self.parts[number])
            while len(self.recipient.got) <= number:
                await self.recipient.reads()
            await self.confirms(number + 1)
            while (await self.sender.hears("credit"))["have"] <= number:
                pass

    async def confirms(self, count):
        """Confirm so many chunks, as a page does that has just got the last of them."""
        await self.recipient.says("have", number=number_of(self.recipient.got[count - 1]))

    async def is_closed(self):
        """Wait until both sockets are closed, and return their codes."""
        ends = await asyncio.gather(self.sender.is_closed(), self.recipient.is_closed())
        return [code for code, _ in ends]


@pytest.fixture
async def transfer(alice, bob, open_window, open_socket):
    """Return a transfer that has not sent anything yet."""
    window, offer = await open_window(alice, bob), offered(alice, bob)
    recipient = await open_socket(bob)
    await wants(recipient, offer)
    token = await token_in(window, offer)
    sender = await open_socket(alice, window.client)
    await sender.says("send", token=token)
    await sender.hears("credit")
    await recipient.hears("start")
    return Transfer(offer, window, sender, recipient)
