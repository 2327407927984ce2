"""The two homes of a mailbox, for tests of the domain: each test has one of its own, with a clock
that it moves.
"""

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from messaging.backends.memory.inboxes import Inboxes
from messaging.backends.memory.mailbox import Mailbox
from messaging.backends.redis.client import RedisClient
from messaging.backends.redis.encryption import Encryptor
from messaging.backends.redis.mailbox import RedisMailbox
from messaging.backends.redis.presence import RedisPresence

SEAL = Encryptor("the words of an operator, for tests")
FOR_EVER = 10**15
# What Redis forgets by itself, whatever becomes of everybody: each of these keys has an expiry.
EXPIRING = {"accepted", "accepted-of", "pace", "people-of", "processes", "versions", "due", "birth"}


class Look(NamedTuple):
    """What there is in a box, whichever home it has."""

    epoch: str
    newest: int
    entries: int
    size: int


def new_client(url: str, beside: RedisClient | None = None) -> RedisClient:
    """A process of its own. No other test begins its keys like it, unless it is to stand beside
    another process.
    """
    return RedisClient(url, prefix=beside.prefix if beside else f"test-{uuid.uuid4().hex}:")


async def notify_nobody(person_id: int) -> None:
    """No window is open."""


def memory_mailbox(clock: Callable[[], float], seconds: float) -> Mailbox:
    return Mailbox(seconds, notify_nobody, clock)


async def redis_mailbox(
    client: RedisClient, clock: Callable[[], float] | None, seconds: float
) -> RedisMailbox:
    """A mailbox whose process is alive for as long as the test takes."""
    await lease(client)
    return RedisMailbox(client, SEAL, seconds, clock)


def redis_presence(
    client: RedisClient, clock: Callable[[], float], seconds: float = 90
) -> RedisPresence:
    mailbox = RedisMailbox(client, SEAL, seconds, clock)
    return RedisPresence(client, SEAL, mailbox.forget_process, lambda: None, clock=clock)


async def lease(client: RedisClient, until: int = FOR_EVER, process: str = "") -> None:
    """A process is alive until that time, in milliseconds since 1970."""
    await client.call("ZADD", f"{client.prefix}processes", until, process or client.process)


async def keys(client: RedisClient) -> list[bytes]:
    return await client.call("KEYS", f"{client.prefix}*")


async def forget_everything(client: RedisClient) -> None:
    """Redis was restarted, as far as this prefix is concerned."""
    if names := await keys(client):
        await client.call("DEL", *names)


async def look(mailbox: Any, person_id: int) -> Look | None:
    if isinstance(mailbox, Mailbox):
        box = mailbox.inboxes.get(person_id)
        return Look(box.epoch, box.newest, len(box.entries), box.size) if box else None
    client = mailbox.client
    epoch, newest, size = await client.call(
        "HMGET", f"{client.prefix}box:{person_id}", "epoch", "newest", "size"
    )
    count = await client.call("LLEN", f"{client.prefix}run:{person_id}")
    return Look(epoch.decode(), int(newest), count, int(size)) if epoch else None


async def box_of(mailbox: Any, person_id: int) -> Look:
    """The same for somebody who must have one."""
    found = await look(mailbox, person_id)
    assert found
    return found


async def cursor(mailbox: Any, person_id: int, number: int) -> str:
    """What a page of this person holds once it has shown its entries up to this one."""
    box = await look(mailbox, person_id)
    return f"{box.epoch if box else 'no-box'}.{number}"


async def is_empty(mailbox: Any) -> bool:
    """Whether nothing is left of anybody. Redis may still hold numbers, for a bounded time."""
    if isinstance(mailbox, Mailbox):
        return not (mailbox.inboxes or mailbox.clearings.under_way)
    left = {
        name.decode().removeprefix(mailbox.client.prefix).partition(":")[0]
        for name in await keys(mailbox.client)
    }
    return left <= EXPIRING


async def waiting(mailbox: Any, *people: int) -> str:
    """All that waits for these people, as text in which a word can be looked for."""
    return repr([(await mailbox.fetch(id, 0))[1] for id in people])


async def is_known(mailbox: Any, person_id: int) -> bool:
    return await look(mailbox, person_id) is not None


async def restart(mailbox: Any) -> None:
    """Its memory is gone, and nothing else: the processes that are alive stay so."""
    if isinstance(mailbox, Mailbox):
        mailbox.inboxes.clear()
        mailbox.inboxes.origin = Inboxes().origin
    else:
        await mailbox.client.call("FLUSHALL")
        await lease(mailbox.client)
