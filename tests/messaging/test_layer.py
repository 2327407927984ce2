"""The channel layer of one process keeps Channels' interface, copies nothing, and forgets nobody."""

import asyncio

import pytest
from channels.exceptions import ChannelFull
from channels.layers import InMemoryChannelLayer

from messaging.layer import ProcessLayer


@pytest.fixture
def layer():
    return ProcessLayer(capacity=3)


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
    waiting = asyncio.create_task(layer.receive("somebody"))
    await asyncio.sleep(0)
    await layer.send("somebody", {"type": "a"})
    assert await waiting == {"type": "a"}


async def test_a_group_reaches_its_members_and_nobody_else(layer):
    for channel in ["one", "two", "three"]:
        await layer.group_add("people", channel)
    await layer.group_discard("people", "three")
    message = {"type": "a"}
    await layer.group_send("people", message)
    # The very same message: a copy for each window is what makes a layer slow.
    assert await layer.receive("one") is message
    assert await layer.receive("two") is message
    assert "three" not in layer.queues


async def test_a_group_of_nobody_is_no_mistake(layer):
    await layer.group_send("nobody", {"type": "a"})
    await layer.group_discard("nobody", "one")
    assert layer.groups == {}


async def test_a_full_channel_tells_its_sender(layer):
    for _ in range(3):
        await layer.send("one", {"type": "a"})
    with pytest.raises(ChannelFull):
        await layer.send("one", {"type": "a"})


async def test_a_full_member_keeps_nobody_else_from_hearing_and_is_counted(layer, caplog):
    await layer.group_add("people", "full")
    await layer.group_add("people", "well")
    for _ in range(3):
        await layer.send("full", {"type": "old"})
    await layer.group_send("people", {"type": "new"})
    assert await layer.receive("well") == {"type": "new"}
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
    waiting = asyncio.create_task(layer.receive("one"))
    await asyncio.sleep(0)
    waiting.cancel()
    await layer.send("one", {"type": "a"})
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await layer.receive("one") == {"type": "a"}
