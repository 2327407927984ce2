"""Mailboxes of both backends for tests. Each has a clock that the test moves."""

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from messaging.backends.memory.inboxes import Inboxes
from messaging.backends.memory.mailbox import Mailbox
from messaging.backends.redis.client import RedisClient
from messaging.backends.redis.encryption import Encryptor
from messaging.backends.redis.mailbox import RedisMailbox
from messaging.backends.redis.presence import RedisPresence

KEY = "the words of an operator, for tests"
ENCRYPTOR = Encryptor(KEY)
FOR_EVER = 10**15
# Keys that may remain without any inbox, because they expire.
EXPIRING = {"accepted", "accepted-of", "pace", "people-of", "processes", "versions", "due", "birth"}


class Look(NamedTuple):
    """The contents of an inbox in either backend."""

    epoch: str
    newest: int
    entries: int
    size: int


def new_client(url: str, beside: RedisClient | None = None) -> RedisClient:
    """Return the client of a new process. It shares its keys only with the process `beside`."""
    return RedisClient(url, prefix=beside.prefix if beside else f"test-{uuid.uuid4().hex}:")


async def notify_nobody(person_id: int) -> None:
    """Do nothing, because no window is open."""


def memory_mailbox(clock: Callable[[], float], seconds: float) -> Mailbox:
    return Mailbox(seconds, notify_nobody, clock)


async def redis_mailbox(
    client: RedisClient, clock: Callable[[], float] | None, seconds: float
) -> RedisMailbox:
    """Return a mailbox whose process has a lease for the whole test."""
    await lease(client)
    return RedisMailbox(client, ENCRYPTOR, seconds, clock)


def redis_presence(
    client: RedisClient, clock: Callable[[], float], seconds: float = 90
) -> RedisPresence:
    mailbox = RedisMailbox(client, ENCRYPTOR, seconds, clock)
    return RedisPresence(client, ENCRYPTOR, mailbox.forget_process, lambda: None, clock=clock)


async def lease(client: RedisClient, until: int = FOR_EVER, process: str = "") -> None:
    """Give a process a lease until that time, in milliseconds since 1970."""
    await client.call("ZADD", f"{client.prefix}processes", until, process or client.process)


async def keys(client: RedisClient) -> list[bytes]:
    return await client.call("KEYS", f"{client.prefix}*")


async def forget_everything(client: RedisClient) -> None:
    """Delete all keys of this prefix, as if Redis had been restarted."""
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
    """Return the contents of an existing inbox."""
    found = await look(mailbox, person_id)
    assert found
    return found


async def cursor(mailbox: Any, person_id: int, number: int) -> str:
    """Return the cursor of a window that has shown the entries up to this number."""
    box = await look(mailbox, person_id)
    return f"{box.epoch if box else 'no-box'}.{number}"


async def is_empty(mailbox: Any) -> bool:
    """Return whether nothing is left, except for keys of Redis that expire."""
    if isinstance(mailbox, Mailbox):
        return not (mailbox.inboxes or mailbox.clearings.under_way)
    left = {
        name.decode().removeprefix(mailbox.client.prefix).partition(":")[0]
        for name in await keys(mailbox.client)
    }
    return left <= EXPIRING


async def waiting(mailbox: Any, *people: int) -> str:
    """Return everything that waits for these people as searchable text."""
    return repr([(await mailbox.fetch(id, 0))[1] for id in people])


async def is_known(mailbox: Any, person_id: int) -> bool:
    return await look(mailbox, person_id) is not None


async def restart(mailbox: Any) -> None:
    """Lose all data of the mailbox. Processes keep their leases."""
    if isinstance(mailbox, Mailbox):
        mailbox.inboxes.clear()
        mailbox.inboxes.origin = Inboxes().origin
    else:
        await mailbox.client.call("FLUSHALL")
        await lease(mailbox.client)
