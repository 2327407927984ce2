"""Messages that waited for an absent person arrive on return, from real servers."""

import asyncio
from html import unescape

import pytest
import redis

from messaging.domain.mailbox_limits import MAX_BYTES, OF_A_SENDER
from messaging.domain.sizes import MAX_FRAME_OUT
from tests.support.people import people
from tests.support.serving import Serving, Uvicorn
from tests.support.window import Window

AMOUNTS = {"x": 45, "\u3042": 25, '"': 12}
# The longest text in HTML: addresses of four-byte characters, each of which appears twice.
WORST = (" http://a.b/" + "\U0001f600" * 1_900) * 2
# Number of the longest messages, more than a sender's share can hold.
MANY = MAX_BYTES // OF_A_SENDER // len(WORST.encode()) + 2
LATE = 0.6  # seconds after which a slow page confirms
# These three cover each server and each store. `make matrix` also runs the fourth combination.
HOMES = [
    (Serving, "memory"),
    (Serving, "redis"),
    (Uvicorn, "memory"),
    pytest.param((Uvicorn, "redis"), marks=pytest.mark.matrix),
]


@pytest.fixture(
    scope="module", params=HOMES, ids=lambda each: f"{each[0].__name__.lower()}-{each[1]}"
)
def server(request, tmp_path_factory):
    kind, home = request.param
    url = request.getfixturevalue("redis_url") if home == "redis" else ""
    if url:
        # People on another server have the same IDs.
        with redis.Redis.from_url(url) as store:
            store.flushall()
    key = "for tests only, but as long as a key is"
    server = kind(tmp_path_factory.mktemp("waiting"), REDIS_URL=url, MAILBOX_KEY=key)
    yield server.start()
    server.stop()
    log = server.log.read_text()
    assert "Traceback" not in log
    assert "ERROR" not in log


@pytest.fixture
async def page(server):
    """Return an async function that opens a page with a conversation."""
    pages = []

    async def opened(person, *peers, delay=0.0):
        pages.append(Window(server, person, *peers, delay=delay))
        return await pages[-1].opens()

    yield opened
    for each in pages:
        await each.is_cut()


def texts(window, sender):
    return [unescape(text) for text in window.heard_of(sender)]


def forget(window):
    window.shown.clear()
    window.arrived.clear()
    window.delivered.clear()


async def test_any_number_of_waiting_messages_arrives_once_and_in_order_on_one_return(server, page):
    alice, bob, *others = await asyncio.to_thread(people, server.environment, 6)
    here, there = await page(alice, bob), await page(bob, alice)
    for character, amount in AMOUNTS.items():
        said = [f"{number:02} " + character * 3_997 for number in range(amount)]
        forget(here)
        forget(there)
        await there.is_cut()
        for text in said:
            await here.says(text, bob)
        await here.until(lambda amount=amount: len(here.heard_of(alice)) >= amount)
        await there.opens()
        await there.until(
            lambda said=said: len(there.shown) >= len(said) or not there.is_open, seconds=20
        )
        await here.until(lambda said=said: len(here.delivered) >= len(said), seconds=20)
        assert texts(there, alice) == said
        assert len(there.arrived) == len(said)
        assert there.is_open
    await a_full_mailbox_arrives(page, there, others)
    assert max(here.largest, there.largest) <= MAX_FRAME_OUT


async def a_full_mailbox_arrives(page, there, senders):
    """Send the longest messages from everyone until each sender's share is full."""
    ends = [await page(person, there.person) for person in senders]
    forget(there)
    await there.is_cut()
    for number in range(MANY):
        for end in ends:
            await end.says(f"{number}{WORST}", there.person)
        for end in ends:
            await end.until(
                lambda end=end, number=number: len(end.shown) + len(end.refused) > number
            )
    assert any(end.refused for end in ends)
    await there.opens()
    for end in ends:
        taken = texts(end, end.person)
        await there.until(
            lambda end=end, taken=taken: len(there.heard_of(end.person)) >= len(taken), seconds=20
        )
        assert texts(there, end.person) == taken
    assert there.is_open


async def test_a_page_that_confirms_late_cannot_be_kept_away(server, page):
    alice, bob, carol = await asyncio.to_thread(people, server.environment, 3)
    here, there = await page(alice, bob), await page(bob, alice, delay=LATE)
    friend = await page(carol, bob)
    said = [f"{number:02} " + '"' * 3_997 for number in range(95)]
    for text in said:
        await here.says(text, bob)
    await friend.says("Are you there?", bob)
    await there.until(
        lambda: len(there.shown) + len(here.refused) > len(said) or not there.is_open, seconds=30
    )
    assert there.is_open
    assert len(there.arrived) == len(set(there.arrived))
    assert texts(there, carol) == ["Are you there?"]
    shown = texts(there, alice)
    assert shown == [text for text in said if text in set(shown)]
    assert len(shown) + len(here.refused) == len(said)
    assert there.largest <= MAX_FRAME_OUT


async def test_the_longest_messages_that_a_server_can_allow_arrive_too(tmp_path):
    """Each of them fills its sender's share."""
    server = Serving(tmp_path, MESSAGE_MAX_LENGTH="20000", REDIS_URL="").start()
    try:
        bob, *senders = await asyncio.to_thread(people, server.environment, 4)
        there, *pages = [await Window(server, person, bob).opens() for person in (bob, *senders)]
        await there.is_cut()
        said = f"0{WORST * 5}"
        assert len(said) <= 20_000
        for page in pages:
            await page.says(said, bob)
            await page.until(lambda page=page: bool(page.heard_of(page.person)))
        await there.opens()
        await there.until(lambda: len(there.shown) == len(senders) or not there.is_open)
        assert there.is_open
        assert there.largest > MAX_FRAME_OUT
        for page in (there, *pages):
            await page.is_cut()
    finally:
        server.stop()
