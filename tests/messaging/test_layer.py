"""A channel layer, for one process or for several, keeps Channels' interface, copies nothing, and forgets nobody."""

import asyncio
from itertools import pairwise

import pytest
from channels.exceptions import ChannelFull
from channels.layers import InMemoryChannelLayer

from messaging.layer import AT_ONCE, ProcessLayer
from messaging.redis.layer import RedisLayer
from tests.messaging.homes import new_link


@pytest.fixture
async def layer(home, request):
    if home == "memory":
        yield ProcessLayer(capacity=3)
    else:
        url = request.getfixturevalue("redis_url")
        layer = RedisLayer(url, capacity=3, prefix=new_link(url).prefix)
        yield layer
        await layer.close()


def test_it_has_what_channels_own_layer_has():
    assert {"groups", "flush"} <= set(ProcessLayer.extensions)
    interface = ["new_channel", "send", "receive", "group_add", "group_discard", "group_send", "flush"]
    assert all(callable(getattr(ProcessLayer, name)) and hasattr(InMemoryChannelLayer, name) for name in interface)


async def test_a_message_is_received_by_the_channel_it_was_sent_to(layer):
    one, other = await layer.new_channel(), await layer.new_channel()
    assert one != other
    await layer.send(one, {"type": "a"})
    await layer.send(other, {"type": "b"})
    assert await layer.receive(other) == {"type": "b"}
    assert await layer.receive(one) == {"type": "a"}


async def test_who_waits_is_woken(layer):
    somebody = await layer.new_channel()
    waiting = asyncio.create_task(layer.receive(somebody))
    await asyncio.sleep(0)
    await layer.send(somebody, {"type": "a"})
    assert await waiting == {"type": "a"}


async def test_a_group_reaches_its_members_and_nobody_else(layer):
    first, second, third = [await layer.new_channel() for _ in range(3)]
    for channel in [first, second, third]:
        await layer.group_add("people", channel)
    await layer.group_discard("people", third)
    await layer.group_send("people", {"type": "a"})
    one, two = await layer.receive(first), await layer.receive(second)
    assert one == two == {"type": "a"}
    # The very same message: a copy for each window is what makes a layer slow.
    assert one is two
    assert third not in layer.queues


async def test_a_group_of_nobody_is_no_mistake(layer):
    await layer.group_send("nobody", {"type": "a"})
    await layer.group_discard("nobody", "one")
    assert layer.groups == {}


async def test_a_full_channel_tells_its_sender(layer):
    one = await layer.new_channel()
    for _ in range(3):
        await layer.send(one, {"type": "a"})
    with pytest.raises(ChannelFull):
        await layer.send(one, {"type": "a"})


async def test_a_full_member_keeps_nobody_else_from_hearing_and_is_counted(layer, caplog):
    full, well = [await layer.new_channel() for _ in range(2)]
    for channel in (full, well):
        await layer.group_add("people", channel)
    for _ in range(3):
        await layer.send(full, {"type": "old"})
    await layer.group_send("people", {"type": "new"})
    assert await layer.receive(well) == {"type": "new"}
    await asyncio.sleep(0)  # a group has no order
    assert layer.overflowed == 1
    assert "1 events have been passed over" in caplog.text


async def test_a_channel_that_has_ended_leaves_nothing_behind(layer):
    await layer.group_add("people", "one")
    waiting = asyncio.create_task(layer.receive("one"))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await layer.group_discard("people", "one")
    assert (layer.queues, layer.groups) == ({}, {})


async def test_what_waits_survives_a_receiver_that_was_cancelled(layer):
    one = await layer.new_channel()
    waiting = asyncio.create_task(layer.receive(one))
    await asyncio.sleep(0)
    waiting.cancel()
    await layer.send(one, {"type": "a"})
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await layer.receive(one) == {"type": "a"}


# Ears, in one process


@pytest.fixture
def here():
    return ProcessLayer(capacity=3)


async def test_an_ear_hears_at_once_and_nothing_waits_for_it(here):
    heard: list = []
    here.listen("one", heard.append)
    message = {"type": "a"}
    await here.send("one", message)
    assert heard[0] is message
    assert here.queues == {}


async def test_an_ear_is_never_full(here):
    heard: list = []
    here.listen("one", heard.append)
    await here.group_add("people", "one")
    for _ in range(10):
        await here.group_send("people", {"type": "a"})
    assert (len(heard), here.overflowed) == (10, 0)


async def test_one_that_has_hung_up_hears_nothing_more(here):
    heard: list = []
    here.listen("one", heard.append)
    here.hang_up("one")
    here.hang_up("one")
    await here.send("one", {"type": "a"})
    assert heard == []
    assert await here.receive("one") == {"type": "a"}


async def test_who_has_left_while_the_group_is_told_is_told_no_more(here):
    heard: list = []

    def ends_it_all(message):
        heard.append(message)
        here.groups["people"].clear()

    for name in ["one", "two"]:
        here.listen(name, ends_it_all)
        await here.group_add("people", name)
    await here.group_send("people", {"type": "a"})
    assert len(heard) == 1
    assert here.queues == {}


async def test_sockets_have_their_turn_while_a_large_group_is_told(here):
    heard: list[dict] = []
    turns: list[int] = []

    async def socket():
        while len(heard) < 500:
            turns.append(len(heard))
            await asyncio.sleep(0)

    for number in range(500):
        here.listen(str(number), heard.append)
        await here.group_add("people", str(number))
    turning = asyncio.create_task(socket())
    await here.group_send("people", {"type": "a"})
    await turning
    assert len(heard) == 500
    assert len(turns) >= 9
    assert max(later - before for before, later in pairwise(turns)) <= 50


async def test_a_small_group_is_told_without_a_pause(here):
    heard: list[dict] = []
    turned: list[int] = []
    asyncio.get_running_loop().call_soon(turned.append, 1)
    for number in range(49):
        here.listen(str(number), heard.append)
        await here.group_add("people", str(number))
    await here.group_send("people", {"type": "a"})
    assert (len(heard), turned) == (49, [])


async def test_nothing_waits_for_a_window_that_leaves_while_a_group_is_told():
    """The sockets have their turn in between, and a socket that ends there was still on the list."""
    layer, channels = ProcessLayer(), [f"channel-{number}" for number in range(3 * AT_ONCE)]
    for channel in channels:
        layer.listen(channel, lambda event: None)
        await layer.group_add("people", channel)
    telling = asyncio.create_task(layer.group_send("people", {"type": "fragment"}))
    await asyncio.sleep(0)
    for channel in channels:
        layer.hang_up(channel)
        await layer.group_discard("people", channel)
    await telling
    assert not layer.queues
    assert not layer.groups
