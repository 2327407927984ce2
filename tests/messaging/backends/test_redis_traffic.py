"""Nothing that the server sends to Redis or receives from it contains a readable name or text."""

import asyncio
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings

from messaging.ops.proof.canary import Canary
from tests.conftest import person
from tests.messaging.choices import appears_offline, blocks, unblocks
from tests.messaging.consumers.test_arrivals import is_told
from tests.support.backends import redis_mailbox

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not settings.REDIS_URL, reason="only several processes speak through a Redis"
    ),
]


END = b"the end of what is overheard"


@asynccontextmanager
async def listening(*commands):
    """Record the replies to each of these commands on separate connections."""
    place = urlsplit(settings.REDIS_URL)
    streams = [
        await asyncio.open_connection(place.hostname, place.port, limit=100_000_000)
        for _ in commands
    ]
    for command, (reader, writer) in zip(commands, streams, strict=True):
        writer.write(command)
        await reader.readuntil(b"\r\n")  # now it is monitored
    yield [reader for reader, _ in streams]
    for _, writer in streams:
        writer.close()
        await writer.wait_closed()


@pytest.fixture
def names():
    return [Canary(), Canary()]


@pytest.fixture
def people(names, django_user_model, transactional_db):
    return [person(django_user_model, name.text) for name in names]


async def everything_happens(people, said, open_window, come_back):
    one, other = people
    here, there = await open_window(one, other), await open_window(other, one)
    await is_told(here, other, "online")
    await here.send(type="typing", conversation=str(other.pk))
    await there.sees("is typing")
    id = await here.says(said.text, to=other)
    await there.sees(said.plain)
    key = f"{one.pk}-{id}"
    await here.sees("state--delivered")
    await here.send(
        type="edit", conversation=str(other.pk), id=id, text=f"{said.text}!", proof=here.proofs[key]
    )
    await there.sees("edited</span>")
    for reaction in ("❤️", ""):
        await there.send(
            type="react",
            conversation=str(one.pk),
            message=key,
            reaction=reaction,
            proof=there.proofs[key],
        )
    await here.sees(f"delete:#reaction-{other.pk}-{key}", times=2)
    await there.send(type="read", conversation=str(one.pk), message=f"message-{key}")
    await there.leaves()
    await here.says(said.text, to=other)
    await here.sees("state--away")
    there = await come_back(there, one)
    await there.sees(said.plain)
    await here.send(type="unsend", conversation=str(other.pk), id=id)
    await there.sees(f"delete:#message-{key}")
    await here.send(type="clear", conversation=str(other.pk))
    await there.sees("cleared this conversation")
    await here.sees("Cleared in 2 of 2 windows")
    await blocks(there, one)
    await is_told(here, other, "offline")
    await here.says(said.text, to=other)
    await here.sees("can’t be reached")
    await unblocks(there, one)
    await is_told(here, other, "online")
    await appears_offline(there)
    await is_told(here, other, "offline")
    for path, fields in [
        ("/people/", {"q": said.text}),
        (f"/plain/write/{other.pk}/", {"id": id, "text": said.text}),
    ]:
        await sync_to_async(here.client.post)(path, fields)
    await sync_to_async(here.client.post)(
        "/accounts/login/", {"username": said.text, "password": said.text}
    )
    return id


async def test_no_name_and_no_text_is_readable_in_the_traffic(
    people, names, open_window, come_back
):
    said = Canary()
    async with listening(b"MONITOR\r\n", b"PSUBSCRIBE *\r\n") as readers:
        id = await everything_happens(people, said, open_window, come_back)
        await redis_mailbox().client.call("PUBLISH", "anybody", END)
        for heard in [await reader.readuntil(END) for reader in readers]:
            for kind in (b"typing.seen", b"mail.waiting", b"choices.changed"):
                assert kind in heard, "it was listened to"
            for canary in (*names, said):
                assert [line for line in heard.split(b"\r\n") if canary.forms_in(line)] == []
            assert id.encode() not in heard
