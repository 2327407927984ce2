"""Limits on windows and frames, and tabs that stay open for days."""

import asyncio
import gc

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings

from messaging import rate_limits
from messaging.backends import mailbox, presence
from messaging.consumers import registry as limits
from messaging.consumers.client_state import ClientState
from messaging.consumers.close_codes import FLOODED, FULL, REPLACED
from messaging.consumers.inbound import InboundHandler
from messaging.consumers.outbound import OutboundQueue
from messaging.consumers.websocket import WindowConsumer, registry
from messaging.delivery.background import background_task
from messaging.domain.rate_limit import RateLimit
from messaging.rate_limits import cost
from tests.messaging.backends.mailboxes import waiting
from tests.messaging.conftest import connect, cookie_of, disconnect, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

DAY = 86_400


async def test_the_eleventh_window_of_a_person_closes_the_oldest_with_a_message(
    alice, bob, open_window
):
    there = await open_window(bob, alice)
    windows = [await open_window(alice, bob) for _ in range(11)]
    assert await windows[0].is_closed() == REPLACED
    await there.says("to all of you", to=alice)
    for window in windows[1:]:
        await window.sees("to all of you")
    assert len(registry.connections[alice.pk]) == 10


async def test_the_oldest_window_is_told_why(alice, open_window):
    first, *_ = [await open_window(alice) for _ in range(11)]
    await first.sees("too many windows open")
    assert await first.is_closed() == REPLACED


async def test_ten_of_the_windows_that_open_at_once_stay(alice, open_window):
    first = [await open_window(alice) for _ in range(10)]
    for window in first:
        window.confirms = False
    await asyncio.gather(*[open_window(alice) for _ in range(5)])
    assert [await window.is_closed() for window in first[:5]] == [REPLACED] * 5
    assert len(registry.connections[alice.pk]) == 10


@pytest.mark.parametrize(
    ("cap", "words"),
    [
        ("MAX_PER_ADDRESS", "open from your network"),
        ("MAX_PER_PROCESS", "no room for more windows"),
    ],
)
async def test_windows_beyond_the_limits_of_an_address_or_a_process_are_refused(
    cap, words, alice, open_window, monkeypatch
):
    monkeypatch.setattr(limits, cap, 1)
    here = await open_window(alice)
    late = await open_window(alice, hello=False)
    await late.sees(words)
    assert await late.is_closed() == FULL
    await late.leaves()
    await here.leaves()
    assert (registry.size, dict(registry.addresses)) == (0, {})
    await open_window(alice)


async def test_the_counts_return_to_zero(alice, bob, open_window):
    windows = [await open_window(user) for user in (alice, alice, bob)]
    assert registry.size == 3
    for window in windows:
        await window.leaves()
    assert (registry.connections, dict(registry.addresses), registry.size) == ({}, {}, 0)


# Flooding


@pytest.fixture
def strict(monkeypatch):
    """Allow ten frames at once, and then one a second."""
    monkeypatch.setattr(rate_limits.frames, "rate", rate_limits.Rate(burst=10, per_second=1))


async def test_a_window_that_sends_more_than_a_page_can_is_closed_and_told_on_return(
    alice, open_window, monkeypatch
):
    here = await open_window(alice)
    with monkeypatch.context() as patch:
        patch.setattr(rate_limits.frames, "rate", rate_limits.Rate(burst=10, per_second=1))
        for _ in range(11):
            await here.send(type="typing", conversation="1")
        assert await here.is_closed() == FLOODED
    rate_limits.frames.refused_until.clear()
    back = await open_window(alice)
    assert "was disconnected" in await back.settles()
    again = await open_window(alice)
    assert "was disconnected" not in await again.settles()


async def test_another_person_is_not_affected(alice, bob, strict, open_window):
    here, there = await open_window(alice), await open_window(bob)
    for _ in range(11):
        await here.send(type="typing", conversation="1")
    assert await here.is_closed() == FLOODED
    await there.says("still here", to=alice)
    await there.sees("still here")


async def test_a_large_frame_counts_as_many_even_if_binary(alice, strict, open_window):
    for large in ({"text_data": "x" * 10_000}, {"bytes_data": b"x" * 10_000}):
        here = await open_window(alice)
        await here.communicator.send_to(**large)
        assert await here.is_closed() == FLOODED
        rate_limits.frames.refused_until.clear()
        rate_limits.frames.paid_until.clear()


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"text": "x" * 2_000}, 3),
        ({"bytes": b"x" * 2_000}, 3),
        ({"text": None, "bytes": b"x" * 1_000}, 2),
        ({"text": "", "bytes": None}, 1),
        ({}, 1),
    ],
)
def test_the_weight_of_a_frame_depends_on_its_size(event, expected):
    assert cost(event) == pytest.approx(expected)


async def test_no_page_comes_near_the_frame_limit(clock):
    """Send a hundred of the longest messages, escaped as long as possible, with confirmations."""
    frames = RateLimit(rate_limits.FRAMES, clock)
    longest = cost({"text": "x" * 12 * settings.MESSAGE_MAX_LENGTH})
    for _ in range(rate_limits.MESSAGES.burst // 2):
        assert await frames.retry_after(1, longest) == 0
        for _ in range(3):
            assert await frames.retry_after(1, cost({"text": "x" * 300})) == 0


# Memory


@pytest.fixture
def cycles():
    """Return a function that lists the types of new objects in reference cycles."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)

    def found():
        gc.collect()
        return {type(each).__name__ for each in gc.garbage}

    yield found
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


async def test_a_closed_window_is_forgotten_at_once(alice, bob, open_window, cycles):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    await here.says("hello", to=bob)
    await there.sees("hello")
    for window in (here, there):
        await disconnect(window.communicator)
    assert not registry.connections
    parts = (WindowConsumer, OutboundQueue, InboundHandler, ClientState)
    assert not cycles() & {part.__name__ for part in parts}


# Long-lived tabs


async def test_a_tab_that_is_open_for_days_still_receives(
    alice, bob, open_window, server_clock, monkeypatch
):
    """Neither mailbox, presence nor limits forget it while its session is valid."""
    for place in (presence, *rate_limits.ALL):
        monkeypatch.setattr(place, "clock", server_clock)
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    for day in range(settings.SESSION_COOKIE_AGE // DAY):
        server_clock.passes(DAY)
        await background_task._run_once()
        for window in [*registry.connections[alice.pk], *registry.connections[bob.pk]]:
            window.beat()
        await here.sees("innerHTML:#heartbeat", times=day + 1)
        await there.sees("innerHTML:#heartbeat", times=day + 1)
    await here.says("Are you still there?", to=bob)
    await there.sees("Are you still there?")
    await there.settles()
    await here.sees("state--delivered")
    assert "note--gap" not in here.seen + there.seen
    assert presence.is_online(bob.pk)
    assert await waiting(mailbox, bob.pk) == "[[]]"


async def test_a_page_whose_session_has_expired_is_told_on_return(alice, open_window):
    client = await sync_to_async(signed_in)(alice)
    here = await open_window(alice, client=client)
    await sync_to_async(client.session.delete)()
    await here.leaves()
    back = connect(cookie_of(client))
    await back.connect()
    assert "/accounts/login/" in await back.receive_from()
    assert (await back.receive_output())["code"] == 4401
    await back.disconnect()
