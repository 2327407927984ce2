"""Concurrent Redis calls share a write, and each gets its own answer or error."""

import asyncio
import signal

import pytest
from redis.exceptions import ResponseError

from messaging.backends.redis import client as link_module
from messaging.backends.redis.client import RedisClient
from messaging.backends.redis.pipeline import COMMANDS_PER_WRITE
from messaging.domain.messages import StateUnavailable
from tests.messaging.backends.mailboxes import new_client
from tests.support.stores import Redis

PROGRESS = ("progress", "p:", "", 1, 1, 1, "none")  # a script and its arguments


@pytest.fixture
async def client(redis_url):
    client = new_client(redis_url)
    yield client
    await client.close()


@pytest.fixture
async def other(redis_url):
    """Return another client of the same Redis."""
    client = new_client(redis_url)
    yield client
    await client.close()


@pytest.fixture
def stoppable_redis():
    """Start a Redis that a test can stop."""
    store = Redis().start()
    yield store
    store.close()


@pytest.fixture
async def way(stoppable_redis):
    """Return a pipeline to it."""
    client = RedisClient(stoppable_redis.url)
    yield client
    await client.close()


@pytest.fixture
async def writes(client, monkeypatch):
    """Record the number of commands in each write."""
    found, pipeline = [], client.pipeline()
    ask_all = pipeline._ask_all

    async def noted():
        found.append(len(pipeline.asked))
        await ask_all()

    monkeypatch.setattr(pipeline, "_ask_all", noted)
    return found


async def test_each_call_gets_its_own_answer(client, writes):
    answers = await asyncio.gather(
        *(client.pipeline().ask("ECHO", str(number)) for number in range(3 * COMMANDS_PER_WRITE))
    )
    assert [int(answer) for answer in answers] == list(range(3 * COMMANDS_PER_WRITE))
    assert writes == [COMMANDS_PER_WRITE] * 3


async def test_calls_made_meanwhile_go_with_the_next_write(client, writes):
    first = asyncio.create_task(client.pipeline().ask("ECHO", "first"))
    while not writes:  # noqa: ASYNC110 - as soon as it is
        await asyncio.sleep(0)
    await asyncio.gather(
        first, *(client.pipeline().ask("ECHO", str(number)) for number in range(5))
    )
    assert writes == [1, 5]


async def test_a_refused_call_does_not_affect_others(client):
    ask = client.pipeline().ask
    asked = [ask("ECHO", "one"), ask("NONSENSE"), ask("ECHO", "other")]
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert found[::2] == [b"one", b"other"]
    assert isinstance(found[1], ResponseError)


async def test_a_cancelled_call_does_not_affect_others(client):
    ask = client.pipeline().ask
    leaving = asyncio.create_task(ask("ECHO", "leaving"))
    staying = asyncio.create_task(ask("ECHO", "staying"))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == b"staying"
    assert await ask("ECHO", "later") == b"later"


async def test_a_call_made_as_the_last_answer_arrives_is_served(client):
    async def asks_again(answer):
        assert await answer == b"one"
        return await client.pipeline().ask("ECHO", "other")

    assert await asyncio.wait_for(asks_again(client.pipeline().ask("ECHO", "one")), 5) == b"other"


async def test_a_connection_that_was_cut_while_idle_is_restored(client, other):
    ask = client.pipeline().ask
    id = await ask("CLIENT", "ID")
    assert await other.call("CLIENT", "KILL", "ID", id) == 1
    assert list(await asyncio.gather(ask("ECHO", "one"), ask("ECHO", "two"))) == [b"one", b"two"]


async def test_an_answered_call_is_not_repeated_after_the_connection_is_cut(client):
    ask = client.pipeline().ask
    id = await ask("CLIENT", "ID")
    key = f"{client.prefix}counter"
    count = (
        ask("INCR", key),
        ask("PEXPIRE", key, 10_000),
        ask("CLIENT", "KILL", "ID", id, "SKIPME", "no"),
        ask("ECHO", "last"),
    )
    assert list(await asyncio.gather(*count))[0::3] == [1, b"last"]
    assert await ask("GET", key) == b"1"


async def test_all_waiting_calls_fail_if_redis_is_gone_and_later_ones_are_served(
    way, stoppable_redis
):
    assert await way.run(*PROGRESS) == [0, 0, 0, 0]
    stoppable_redis.stop()
    found = await asyncio.gather(
        *(way.run(*PROGRESS) for _ in range(2 * COMMANDS_PER_WRITE)), return_exceptions=True
    )
    assert {type(each) for each in found} == {StateUnavailable}
    assert way.is_recovering()
    stoppable_redis.start()
    assert await way.run(*PROGRESS) == [0, 0, 0, 0]


async def test_a_silent_redis_is_not_waited_for_endlessly(way, stoppable_redis, monkeypatch):
    monkeypatch.setattr(link_module, "TIMEOUT", 0.2)
    assert await way.run(*PROGRESS) == [0, 0, 0, 0]
    stoppable_redis.process.send_signal(signal.SIGSTOP)
    try:
        async with asyncio.timeout(5):
            found = await asyncio.gather(
                *(way.run(*PROGRESS) for _ in range(3)), return_exceptions=True
            )
    finally:
        stoppable_redis.process.send_signal(signal.SIGCONT)
    assert {type(each) for each in found} == {StateUnavailable}
    assert await way.run(*PROGRESS) == [0, 0, 0, 0], "and no answer comes late, to somebody else"


async def test_waiting_calls_fail_at_shutdown(client):
    waiting = asyncio.create_task(client.run(*PROGRESS))
    await asyncio.sleep(0)
    await client.close()
    with pytest.raises(StateUnavailable):
        await waiting
