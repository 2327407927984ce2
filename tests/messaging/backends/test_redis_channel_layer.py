"""The channel layer in Redis reaches listeners in every process, and reports losses."""

import asyncio
import signal

import pytest

from messaging.backends.memory.channel_layer import RECONNECTED
from messaging.backends.redis import channel_layer as module
from messaging.backends.redis.channel_layer import RedisLayer
from messaging.backends.redis.encryption import Encryptor
from messaging.domain.messages import StateUnavailable
from tests.messaging.backends.mailboxes import KEY, keys, new_client
from tests.messaging.backends.test_channel_layer import Listener
from tests.support.stores import Redis


@pytest.fixture
async def new_layer(redis_url):
    """Return an async function that makes the layer of another process."""
    prefix, made = new_client(redis_url).prefix, []

    async def start(url=redis_url):
        made.append(RedisLayer(url, KEY, prefix=prefix))
        return made[-1]

    yield start
    for layer in made:
        await layer.close()


@pytest.fixture
async def here(new_layer):
    return await new_layer()


@pytest.fixture
async def there(new_layer):
    return await new_layer()


@pytest.fixture
def stoppable_redis():
    """Start a Redis that a test can stop."""
    store = Redis().start()
    yield store
    store.close()


async def listener_of(layer, *groups):
    listener, channel = Listener(), await layer.new_channel()
    layer.subscribe(channel, listener)
    for group in groups:
        await layer.group_add(group, channel)
    return listener


async def test_a_group_is_reached_in_every_process(here, there):
    listeners = [await listener_of(layer, "people") for layer in (here, there, here)]
    await here.group_send("people", {"type": "a"})
    for listener in listeners:
        await listener.hears({"type": "a"})
    await there.group_send("people", {"type": "b"})
    for listener in listeners:
        await listener.hears({"type": "b"})
    assert all(len(listener.heard) == 2 for listener in listeners)


async def test_other_groups_receive_nothing(here, there):
    listeners = [await listener_of(here, "user.1"), await listener_of(there, "user.2")]
    await there.group_send("user.1", {"type": "a"})
    await there.group_send("user.2", {"type": "b"})
    await listeners[0].hears({"type": "a"})
    await listeners[1].hears({"type": "b"})
    assert [len(listener.heard) for listener in listeners] == [1, 1]


async def test_a_failing_listener_stops_no_others_and_its_message_stays_out_of_the_log(
    here, there, caplog
):
    def fail(event):
        raise RuntimeError(event["html"])

    channel = await here.new_channel()
    here.subscribe(channel, fail)
    await here.group_add("user.1", channel)
    other = await listener_of(here, "people")
    await there.group_send("user.1", {"type": "a", "html": "a secret"})
    await there.group_send("people", {"type": "b"})
    await other.hears({"type": "b"})
    assert "was dropped: RuntimeError" in caplog.text
    assert "a secret" not in caplog.text


async def test_an_unreadable_message_stops_no_listener(here, caplog):
    listener = await listener_of(here, "user.1")
    await here.client.call("PUBLISH", f"{here.prefix}group:user.1", b"\x9c")
    await here.group_send("user.1", {"type": "a"})
    await listener.hears({"type": "a"})
    assert listener.heard == [{"type": "a"}]
    assert "was dropped: UnicodeDecodeError" in caplog.text
    assert "away" not in caplog.text


async def test_a_channel_that_has_joined_receives_the_next_message(here, there):
    """Redis must have confirmed the subscription, because earlier messages would be lost."""
    for number in range(50):
        listener = await listener_of(here, f"user.{number}")
        await there.group_send(f"user.{number}", {"type": "a"})
        await listener.hears({"type": "a"})


async def test_a_channel_that_has_left_receives_nothing_and_redis_keeps_no_subscription(
    here, there
):
    listener, channel = Listener(), await here.new_channel()
    here.subscribe(channel, listener)
    await here.group_add("people", channel)
    await here.group_discard("people", channel)
    staying = await listener_of(here, "staying")
    await there.group_send("people", {"type": "a"})
    await there.group_send("staying", {"type": "b"})
    await staying.hears({"type": "b"})
    assert listener.heard == []
    topics = await here.client.call("PUBSUB", "CHANNELS", f"{here.prefix}*")
    assert sorted(topic.decode().removeprefix(here.prefix) for topic in topics) == [
        "group:staying",
        f"process:{here.process}",
    ]


async def test_a_group_joined_by_many_at_once_reaches_all(here, there):
    listeners = await asyncio.gather(*(listener_of(here, "people") for _ in range(100)))
    await there.group_send("people", {"type": "a"})
    for listener in listeners:
        await listener.hears({"type": "a"})


async def test_a_channel_of_another_process_is_reached_by_its_name(here, there):
    other = await listener_of(here, "people")  # starts the subscription of this process
    listener, channel = Listener(), await here.new_channel()
    here.subscribe(channel, listener)
    await there.send(channel, {"type": "a"})
    await listener.hears({"type": "a"})
    await here.send(channel, {"type": "b"})
    await listener.hears({"type": "b"})
    assert other.heard == []


async def test_nothing_is_stored_in_redis(here, there):
    await listener_of(here, "people")
    await there.group_send("people", {"type": "a"})
    await there.group_send("nobody", {"type": "a"})
    assert await keys(here.client) == []


# Outages


async def test_a_cut_connection_is_restored_and_every_listener_is_told(here, there):
    listeners = [await listener_of(here, "people"), await listener_of(here, "user.1")]
    await there.client.call("CLIENT", "KILL", "TYPE", "pubsub")
    for listener in listeners:
        await listener.hears(RECONNECTED)
    await there.group_send("people", {"type": "a"})
    await listeners[0].hears({"type": "a"})


async def test_a_restart_is_reported_to_every_listener_and_restores_the_groups(
    new_layer, stoppable_redis, caplog
):
    here, there = await new_layer(stoppable_redis.url), await new_layer(stoppable_redis.url)
    listener = await listener_of(here, "people")
    stoppable_redis.stop()
    with pytest.raises(StateUnavailable):
        await there.group_send("people", {"type": "unheard"})
    stoppable_redis.start()
    await listener.hears(RECONNECTED)
    await there.group_send("people", {"type": "a"})
    await listener.hears({"type": "a"})
    assert listener.heard == [RECONNECTED, {"type": "a"}]
    assert caplog.text.count("Redis is unavailable") == caplog.text.count("Redis is back") == 1


async def test_a_failed_join_is_reported_in_time(new_layer, stoppable_redis):
    here = await new_layer(stoppable_redis.url)
    stoppable_redis.stop()
    with pytest.raises(StateUnavailable):
        async with asyncio.timeout(5):
            await listener_of(here, "people")


async def test_a_failed_join_can_be_retried(new_layer, stoppable_redis):
    here, there = await new_layer(stoppable_redis.url), await new_layer(stoppable_redis.url)
    stoppable_redis.stop()
    channel = await here.new_channel()
    with pytest.raises(StateUnavailable):
        await here.group_add("people", channel)
    await here.group_discard("people", channel)
    stoppable_redis.start()
    async with asyncio.timeout(10):
        while True:
            try:
                listener = await listener_of(here, "people")
                break
            except StateUnavailable:
                await asyncio.sleep(0.1)
    await there.group_send("people", {"type": "a"})
    await listener.hears({"type": "a"})


async def test_a_silent_redis_is_not_waited_for_endlessly(new_layer, stoppable_redis, monkeypatch):
    """The connection stays open, as if the machine were gone or stopped."""
    monkeypatch.setattr(module, "PING_SECONDS", 0.2)
    listener = await listener_of(await new_layer(stoppable_redis.url), "people")
    stoppable_redis.process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(1)
    stoppable_redis.process.send_signal(signal.SIGCONT)
    await listener.hears(RECONNECTED)


async def test_an_idle_connection_is_kept(here, there, monkeypatch):
    monkeypatch.setattr(module, "PING_SECONDS", 0.05)
    listener = await listener_of(here, "people")
    await asyncio.sleep(0.6)
    await there.group_send("people", {"type": "a"})
    await listener.hears({"type": "a"})
    assert listener.heard == [{"type": "a"}]


async def test_bytes_reach_another_process_and_are_encrypted_in_transit(here, there, monkeypatch):
    listener, channel = Listener(), await there.new_channel()
    there.subscribe(channel, listener)
    await there.group_add("people", channel)  # starts its subscription
    chunk = b"\x00\x00\x00\x01" + b"\n{words of Alice}" * 4_000
    sent, call = [], here.client.call

    async def watched(*command):
        sent.append(command)
        return await call(*command)

    monkeypatch.setattr(here.client, "call", watched)
    await here.send(channel, {"type": "file.chunk", "from": "a", "data": chunk})
    await listener.hears({"type": "file.chunk", "from": "a", "data": chunk})
    ((_, _, published),) = sent
    assert b"Alice" not in published
    assert b"file.chunk" not in published


async def test_bytes_encrypted_with_another_key_are_dropped(here, new_layer, caplog):
    other = await new_layer()
    other.encryptor = Encryptor("the key of somebody else")
    listener, channel = Listener(), await here.new_channel()
    here.subscribe(channel, listener)
    await here.group_add("people", channel)
    await other.send(channel, {"type": "file.chunk", "data": b"a"})
    await other.send(channel, {"type": "last"})
    await listener.hears({"type": "last"})
    assert listener.heard == [{"type": "last"}]
    assert "InvalidTag" in caplog.text


async def test_bytes_within_a_process_are_not_copied(here):
    listener, channel, chunk = Listener(), await here.new_channel(), b"a chunk"
    here.subscribe(channel, listener)
    await here.send(channel, {"type": "file.chunk", "data": chunk})
    assert listener.heard[0]["data"] is chunk
