"""What the stores contain during and after conversations."""

import asyncio
import re
import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from redis.asyncio import Redis as Client

from messaging.backends.redis.client import PREFIX
from messaging.ops.proof.canary import Canary
from messaging.ops.proof.search import forms_in_file
from tests.load.fleet import forgetful_settings
from tests.load.fleet.files import passes_between_processes
from tests.load.fleet.fleet import Fleet
from tests.load.fleet.page import Page, every
from tests.support.stores import Postgres, Redis

Record = Callable[[str, object], None]
FORGOTTEN = (
    2 * forgetful_settings.RESUME_SECONDS + 4
)  # seconds: an ID is kept twice as long as its text


async def usage(store: Redis) -> dict[str, Any]:
    """Return the number of keys in Redis by kind, and of its clients."""
    async with Client.from_url(store.url) as client:
        kinds: Counter[str] = Counter()
        async for key in client.scan_iter():
            kinds[":".join(key.decode().split(":")[:2])] += 1
        return {"keys": dict(sorted(kinds.items())), "clients": len(await client.client_list()) - 1}


async def come_and_go(
    fleet: Fleet, store: Redis, record: Record, windows: int, rounds: int
) -> None:
    """Let pairs come, talk, unsend, clear and leave until everything has expired."""
    people = fleet.people(windows)
    for _ in range(rounds):
        await asyncio.gather(
            *[a_visit(fleet, *pair) for pair in zip(people[::2], people[1::2], strict=True)]
        )
    record("in Redis at the end of the visits", await usage(store))
    await asyncio.sleep(FORGOTTEN)
    kept = await usage(store)
    record("and when all is forgotten", kept)
    # The leases of the workers, and the epoch prefix of this Redis.
    assert set(kept["keys"]) <= {f"{PREFIX}{name}" for name in ("processes", "versions", "birth")}
    # Each worker has a connection for the mailbox, one to publish, one to subscribe, and one for
    # each thread that counts attempts.
    assert kept["clients"] <= len(fleet.workers) * 6


async def a_visit(fleet: Fleet, one, other) -> None:
    pages = [Page(fleet, one, other), Page(fleet, other, one)]
    await asyncio.gather(*[page.opens() for page in pages])
    for page in pages:
        page.writes("I was here.", to=page.peers[0])
    await every(pages, lambda page: len(page.delivered) == 1)
    pages[0].unsends(next(iter(pages[0].delivered)), to=other)
    pages[1].clears(one)
    await every(pages, lambda page: not page.shown)
    await asyncio.gather(*[page.closes() for page in pages])


async def stay_for_days(fleet: Fleet, store: Redis) -> None:
    """Check that idle data expires, while heartbeats keep an open window alive."""
    one, other = await a_pair(fleet)
    async with Client.from_url(store.url) as client:
        keys = [
            f"{PREFIX}{kind}:{page.person.id}"
            for kind in ("box", "windows", "sockets")
            for page in (one, other)
        ]
        assert [await client.pexpire(key, 6_000) for key in keys] == [1] * len(keys)
        await asyncio.sleep(7)
        assert await client.exists(*keys) == len(keys)
    one.writes("still here?", to=other.person)
    await one.until(lambda: len(one.delivered) == 1, 5)


async def talk_without_sql(fleet: Fleet, database: Postgres, record: Record, messages: int) -> None:
    """Return what an open conversation sends to PostgreSQL, from its log."""
    one, other = await a_pair(fleet)
    await asyncio.sleep(2)
    before = statements(database)
    assert before, "PostgreSQL writes down what it is asked"
    for number in range(messages):
        one.writes(f"one {number}", to=one.peers[0])
        other.writes(f"other {number}", to=other.peers[0])
    await every((one, other), lambda page: len(page.delivered) == messages)
    asked = statements(database)[len(before) :]
    record(f"statements for {2 * messages} messages", len(asked))
    assert asked == []


def statements(database: Postgres) -> list[str]:
    return re.findall(
        r"(?:statement|execute [^:]*): (.+)", database.log.read_text(errors="replace")
    )


async def a_pair(fleet: Fleet) -> tuple[Page, Page]:
    people = fleet.people(2)
    one, other = Page(fleet, people[0], people[1]), Page(fleet, people[1], people[0])
    await asyncio.gather(one.opens(0), other.opens(1))
    return one, other


async def is_nowhere(
    fleet: Fleet, store: Redis, database: Postgres, canary: Canary, record: Record
) -> None:
    """Talk in every way, send a file, stop both stores, and search all their files."""
    one, other = await a_pair(fleet)
    words = canary.text
    for number in range(20):
        one.writes(f"{words} {number}", to=one.peers[0])
    await one.until(lambda: len(one.delivered) == 20)
    one.unsends(next(iter(one.delivered)), to=one.peers[0])
    await other.until(lambda: len(other.shown) == 19)
    await refused(other, words)
    await passes_between_processes(fleet, canary)
    await other.is_cut_off()
    other.writes(f"{words} after it came back", to=other.peers[0])
    await other.until(lambda: len(other.delivered) == 1)
    one.clears(other.person)
    await other.until(lambda: not other.shown)
    other.confirms = False
    one.writes(f"{words}, not confirmed", to=one.peers[0])
    await other.until(lambda: bool(other.shown))
    await asyncio.sleep(1.5)  # until Redis has written a snapshot with waiting messages
    fleet.workers[1].dies()
    other.confirms = True
    await one.until(lambda: len(one.delivered) == 21)
    fleet.workers[1].start()
    store.stop()
    database.stop()  # otherwise, its files would change during the search
    files = files_of(store) + files_of(database)
    assert {"dump.rdb", "appendonlydir"} <= {part for file in files for part in file.parts}
    held = {file: forms_in_file(file, canary) for file in files}
    record(
        "files searched", f"{len(files)}, {sum(file.stat().st_size for file in files) / 1e6:.0f} MB"
    )
    assert {file: forms for file, forms in held.items() if forms} == {}
    # Check that the search works: it finds the keys of inboxes, and the sessions.
    assert any(f"{PREFIX}run:".encode() in file.read_bytes() for file in files_of(store))
    assert "accounts_session" in database.log.read_text(errors="replace")
    logs = [worker.log for worker in fleet.workers]
    assert [log for log in logs if forms_in_file(log, canary)] == []


async def refused(page: Page, words: str) -> None:
    """Send messages that are refused for every reason."""
    page.sends(
        type="message", conversation=str(page.peers[0].id), id=str(uuid.uuid4()), text=words * 400
    )
    page.sends(type="message", conversation=words, id=words, text=words)
    page.sends(type=words, conversation=str(page.peers[0].id))
    await asyncio.sleep(0.2)


def files_of(store: Redis | Postgres) -> list[Path]:
    return [file for file in store.folder.rglob("*") if file.is_file()]
