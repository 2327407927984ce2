"""What many ask of Redis at once goes there together, and each is given its own answer, or told that there is none."""

import asyncio
import signal

import pytest
from redis.exceptions import ResponseError

from messaging.conversations import Unreachable
from messaging.redis import link as link_module
from messaging.redis.link import Link
from messaging.redis.pipeline import AT_ONCE
from tests.messaging.homes import new_link
from tests.stores import Redis

PROGRESS = ("progress", "p:", "", 1, 1, 1, "none")  # a script, and what it is told


@pytest.fixture
async def link(redis_url):
    link = new_link(redis_url)
    yield link
    await link.close()


@pytest.fixture
def mortal():
    """A Redis that a test may stop."""
    store = Redis().start()
    yield store
    store.close()


@pytest.fixture
async def way(mortal):
    """To that one."""
    link = Link(mortal.url)
    yield link
    await link.close()


@pytest.fixture
async def writes(link, monkeypatch):
    """The commands of each write."""
    found, pipeline = [], link.pipeline()
    client = pipeline.client.pipeline

    def noted(**options):
        made = client(**options)
        found.append(made.command_stack)
        return made

    monkeypatch.setattr(pipeline.client, "pipeline", noted)
    return found


async def test_each_is_given_its_own_answer(link, writes):
    answers = await asyncio.gather(*(link.pipeline().ask("ECHO", str(number)) for number in range(3 * AT_ONCE)))
    assert [int(answer) for answer in answers] == list(range(3 * AT_ONCE))
    assert [*map(len, writes)] == [AT_ONCE] * 3


async def test_what_is_asked_meanwhile_goes_with_the_next_write(link, writes):
    first = asyncio.create_task(link.pipeline().ask("ECHO", "first"))
    while not writes:  # noqa: ASYNC110 - as soon as it is
        await asyncio.sleep(0)
    await asyncio.gather(first, *(link.pipeline().ask("ECHO", str(number)) for number in range(5)))
    assert [*map(len, writes)] == [1, 5]


async def test_one_that_is_refused_takes_no_other_with_it(link):
    ask = link.pipeline().ask
    asked = [ask("ECHO", "one"), ask("NONSENSE"), ask("ECHO", "other")]
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert found[::2] == [b"one", b"other"]
    assert isinstance(found[1], ResponseError)


async def test_who_leaves_takes_no_other_with_it(link):
    ask = link.pipeline().ask
    leaving = asyncio.create_task(ask("ECHO", "leaving"))
    staying = asyncio.create_task(ask("ECHO", "staying"))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == b"staying"
    assert await ask("ECHO", "later") == b"later"


async def test_who_comes_at_the_very_end_is_served_too(link, monkeypatch):
    """While the connection is given back nobody looks who waits."""
    pipeline = link.pipeline()
    late: list[asyncio.Task] = []
    pool = pipeline.client.connection_pool
    release = pool.release

    async def slow(connection):
        if not late:
            late.append(asyncio.create_task(pipeline.ask("ECHO", "late")))
        await asyncio.sleep(0)
        await release(connection)

    monkeypatch.setattr(pool, "release", slow)
    assert await pipeline.ask("ECHO", "one") == b"one"
    async with asyncio.timeout(5):
        while not late:  # noqa: ASYNC110 - as soon as it is
            await asyncio.sleep(0)
        assert await late[0] == b"late"


async def test_a_connection_that_was_cut_while_idle_is_made_again(link):
    ask = link.pipeline().ask
    assert await ask("ECHO", "before") == b"before"
    await link.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    assert list(await asyncio.gather(ask("ECHO", "one"), ask("ECHO", "two"))) == [b"one", b"two"]


async def test_all_who_wait_hear_that_redis_is_gone_and_later_ones_are_served(way, mortal):
    assert await way.run(*PROGRESS) == [0, 0, 0, 0]
    mortal.stop()
    found = await asyncio.gather(*(way.run(*PROGRESS) for _ in range(2 * AT_ONCE)), return_exceptions=True)
    assert {type(each) for each in found} == {Unreachable}
    assert way.is_mending()
    mortal.start()
    assert await way.run(*PROGRESS) == [0, 0, 0, 0]


async def test_a_redis_that_says_nothing_is_not_waited_for_for_long(way, mortal, monkeypatch):
    monkeypatch.setattr(link_module, "PATIENCE", 0.2)
    assert await way.run(*PROGRESS) == [0, 0, 0, 0]
    mortal.process.send_signal(signal.SIGSTOP)
    try:
        async with asyncio.timeout(5):
            found = await asyncio.gather(*(way.run(*PROGRESS) for _ in range(3)), return_exceptions=True)
    finally:
        mortal.process.send_signal(signal.SIGCONT)
    assert {type(each) for each in found} == {Unreachable}
    assert await way.run(*PROGRESS) == [0, 0, 0, 0], "and no answer comes late, to somebody else"


async def test_who_waits_when_it_ends_is_told(link):
    waiting = asyncio.create_task(link.run(*PROGRESS))
    await asyncio.sleep(0)
    await link.close()
    with pytest.raises(Unreachable):
        await waiting
