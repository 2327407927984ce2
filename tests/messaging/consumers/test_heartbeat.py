"""Heartbeats repair lost notifications and close dead connections."""

import asyncio

import pytest
from channels.layers import get_channel_layer
from django.conf import settings

from messaging.consumers.close_codes import SILENT
from messaging.consumers.websocket import registry
from messaging.delivery.background import background_task

pytestmark = pytest.mark.django_db(transaction=True)


def send_heartbeats():
    """Send a heartbeat to every window now."""
    for windows in list(registry.connections.values()):
        for window in windows:
            window.beat()


def drop_notifications(monkeypatch):
    """Drop notifications of new entries on their way into this process."""
    layer = get_channel_layer()
    send_here = layer.send_here

    async def tell_all_but_rings(group, event):
        if event["type"] != "mail.waiting":
            await send_here(group, event)

    monkeypatch.setattr(layer, "send_here", tell_all_but_rings)


async def test_a_silent_window_is_closed(alice, open_window, settings):
    settings.HEARTBEAT_SECONDS = 0.1
    here = await open_window(alice)
    here.confirms = False
    await asyncio.sleep(0.3)
    send_heartbeats()
    assert await here.is_closed() == SILENT


async def test_a_window_that_answers_stays_open(alice, open_window, settings):
    settings.HEARTBEAT_SECONDS = 0.1
    here = await open_window(alice)
    for beats in range(1, 6):
        await asyncio.sleep(0.15)
        await here.send(type="shown", cursor=here.cursor())
        send_heartbeats()
        await here.sees("innerHTML:#heartbeat", times=beats)


async def test_a_heartbeat_repeats_the_cursor_in_case_the_confirmation_was_lost(
    alice, bob, open_window
):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    there.confirms = False
    await here.says("hello", to=bob)
    await there.sees("hello")
    assert "state--delivered" not in await here.settles()
    there.confirms = True
    send_heartbeats()
    await there.settles()
    await here.sees("state--delivered")


async def test_a_heartbeat_delivers_what_a_lost_notification_left_waiting(
    alice, bob, open_window, monkeypatch
):
    here, there = await open_window(alice, bob), await open_window(bob, alice)

    drop_notifications(monkeypatch)
    for text in ["one", "two"]:
        await here.says(text, to=bob)
    await here.settles()
    await there.settles()
    assert there.texts() == here.texts() == []
    send_heartbeats()
    await there.sees("two")
    assert there.texts() == ["one", "two"]
    await there.settles()
    send_heartbeats()
    await here.sees("state--delivered", times=2)
    assert here.texts() == ["one", "two"]


async def test_a_window_that_has_not_said_hello_gets_no_heartbeat(alice, open_window):
    here = await open_window(alice, hello=False)
    send_heartbeats()
    assert await here.settles() == ""


async def test_a_window_that_read_nothing_for_too_long_is_told_of_its_gap(
    alice, bob, open_window, server_clock, monkeypatch
):
    here, there = await open_window(alice, bob), await open_window(bob, alice)

    with monkeypatch.context() as patch:
        drop_notifications(patch)
        await here.says("too old", to=bob)
        await here.settles()
        server_clock.passes(settings.RESUME_SECONDS)
        await background_task._run_once()
    await here.says("the latest", to=bob)
    seen = await there.sees("the latest")
    assert there.texts() == ["the latest"]
    assert seen.count("note--gap") == 1
    assert "note--gap" not in (await there.settles()).replace("note--gap", "", 1)


async def test_a_socket_that_never_says_hello_is_closed(alice, open_window, settings):
    settings.HEARTBEAT_SECONDS = 0.05
    here = await open_window(alice, hello=False)
    await asyncio.sleep(0.2)
    send_heartbeats()
    assert await here.is_closed() == SILENT
