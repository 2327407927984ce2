"""Both channel layers implement Channels' interface and reach every member."""

import asyncio
from itertools import pairwise

import pytest
from channels.layers import InMemoryChannelLayer

from messaging.backends.memory.channel_layer import CALLS_PER_TURN, ProcessLayer
from messaging.backends.redis.channel_layer import RedisLayer
from tests.messaging.backends.mailboxes import KEY, new_client


class Listener:
    """Record what a channel receives."""

    def __init__(self):
        self.heard, self.is_new = [], asyncio.Event()

    def __call__(self, event):
        self.heard.append(event)
        self.is_new.set()

    async def hears(self, event=None):
        """Wait for this event, or return the next one."""
        async with asyncio.timeout(10):
            while event is None or event not in self.heard:
                await self.is_new.wait()
                self.is_new.clear()
                if event is None:
                    return self.heard[-1]


@pytest.fixture
async def layer(home, request):
    if home == "memory":
        yield ProcessLayer()
    else:
        url = request.getfixturevalue("redis_url")
        layer = RedisLayer(url, KEY, prefix=new_client(url).prefix)
        yield layer
        await layer.close()


@pytest.fixture
def new_listener(layer):
    """Return an async function that makes a channel and its listener."""

    async def make():
        channel, listener = await layer.new_channel(), Listener()
        layer.subscribe(channel, listener)
        return channel, listener

    return make


@pytest.mark.parametrize(
    "name", ["new_channel", "send", "group_add", "group_discard", "group_send"]
)
def test_send_has_the_signature_of_channels(name):
    assert callable(getattr(ProcessLayer, name))
    assert callable(getattr(InMemoryChannelLayer, name))


async def test_a_message_reaches_its_channel(layer, new_listener):
    one, its_ear = await new_listener()
    other, other_listener = await new_listener()
    assert one != other
    await layer.send(one, {"type": "a"})
    await layer.send(other, {"type": "b"})
    assert (its_ear.heard, other_listener.heard) == ([{"type": "a"}], [{"type": "b"}])


async def test_a_group_reaches_its_members_and_no_others(layer, new_listener):
    (first, one), (second, two), (third, three) = [await new_listener() for _ in range(3)]
    for channel in [first, second, third]:
        await layer.group_add("people", channel)
    await layer.group_discard("people", third)
    await layer.group_send("people", {"type": "a"})
    assert await one.hears() == {"type": "a"}
    # The same object, because a copy for each window would be slow.
    assert await two.hears() is one.heard[0]
    assert three.heard == []


async def test_sending_to_an_empty_group_is_not_an_error(layer):
    await layer.group_send("nobody", {"type": "a"})
    await layer.group_discard("nobody", "one")
    assert layer.groups == {}


async def test_a_member_that_stopped_listening_does_not_stop_the_others(layer, new_listener):
    channel, listener = await new_listener()
    for each in ("nobody listens", channel):
        await layer.group_add("people", each)
    await layer.group_send("people", {"type": "a"})
    assert await listener.hears() == {"type": "a"}


async def test_a_channel_that_stopped_listening_receives_nothing(layer, new_listener):
    channel, listener = await new_listener()
    layer.unsubscribe(channel)
    layer.unsubscribe(channel)
    await layer.send(channel, {"type": "a"})
    assert listener.heard == []
    assert layer.listeners == {}


# Listeners in one process


@pytest.fixture
def here():
    return ProcessLayer()


async def test_a_listener_is_called_at_once(here):
    heard: list = []
    here.subscribe("one", heard.append)
    message = {"type": "a"}
    await here.send("one", message)
    assert heard[0] is message


async def test_a_channel_that_leaves_during_a_broadcast_receives_nothing(here):
    heard: list = []

    def ends_it_all(message):
        heard.append(message)
        for name in ["one", "two"]:
            here.unsubscribe(name)

    for name in ["one", "two"]:
        here.subscribe(name, ends_it_all)
        await here.group_add("people", name)
    await here.group_send("people", {"type": "a"})
    assert len(heard) == 1


async def test_sockets_get_their_turn_during_a_broadcast_to_a_large_group(here):
    heard: list[dict] = []
    turns: list[int] = []

    async def socket():
        while len(heard) < 500:
            turns.append(len(heard))
            await asyncio.sleep(0)

    for number in range(500):
        here.subscribe(str(number), heard.append)
        await here.group_add("people", str(number))
    turning = asyncio.create_task(socket())
    await here.group_send("people", {"type": "a"})
    await turning
    assert len(heard) == 500
    assert len(turns) >= 9
    assert max(later - before for before, later in pairwise(turns)) <= 50


async def test_a_broadcast_to_a_small_group_does_not_pause(here):
    heard: list[dict] = []
    turned: list[int] = []
    asyncio.get_running_loop().call_soon(turned.append, 1)
    for number in range(49):
        here.subscribe(str(number), heard.append)
        await here.group_add("people", str(number))
    await here.group_send("people", {"type": "a"})
    assert (len(heard), turned) == (49, [])


async def test_a_window_that_leaves_during_a_broadcast_leaves_nothing_behind(here):
    """Sockets get a turn during the broadcast, and one that closes then is still in the list."""
    heard: list[dict] = []
    channels = [f"channel-{number}" for number in range(3 * CALLS_PER_TURN)]
    for channel in channels:
        here.subscribe(channel, heard.append)
        await here.group_add("people", channel)
    telling = asyncio.create_task(here.group_send("people", {"type": "fragment"}))
    await asyncio.sleep(0)
    for channel in channels:
        here.unsubscribe(channel)
        await here.group_discard("people", channel)
    await telling
    assert len(heard) == CALLS_PER_TURN
    assert not here.listeners
    assert not here.groups
