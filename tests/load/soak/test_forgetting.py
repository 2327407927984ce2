"""After everyone has left and everything has expired, the stores are empty."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings

from messaging import rate_limits
from messaging.backends import mailbox, presence
from messaging.delivery.background import background_task
from tests.messaging.backends.domain import Clock
from tests.messaging.conftest import empty_memory, open_window, signed_in  # noqa: F401 - fixtures
from tests.support.backends import memory_mailbox, own_presence

CYCLES = 1000
LIMITS = (rate_limits.messages, rate_limits.typing, rate_limits.searches)


@pytest.fixture
def clock(monkeypatch):
    """Return the clock of everything that expires."""
    clock = Clock()
    for store in (mailbox, presence, *LIMITS):
        monkeypatch.setattr(store, "clock", clock)
    return clock


async def come_and_go(windows):
    """Let people type, talk, clear and leave."""
    for window, other in zip(windows, reversed(windows), strict=True):
        await window.send(type="typing", conversation=str(other.user.pk))
        await window.says("I was here.", to=other.user)
        await other.sees("I was here.")
        await window.send(type="clear", conversation=str(other.user.pk))
        await other.sees(f"{window.user.username}</bdi> cleared this conversation")
    for window in windows:
        await window.communicator.disconnect()


def kept():
    """Return the number of items in each store."""
    stores = {
        "boxes": memory_mailbox().inboxes,
        "clearings": memory_mailbox().clearings.under_way,
        "present": own_presence().leases,
        "told": own_presence().told,
    }
    paid = {f"limit {place}": limit.paid_until for place, limit in enumerate(LIMITS)}
    counted = {**stores, **paid, "groups": get_channel_layer().groups}
    return {name: len(store) for name, store in counted.items()}


async def time_passes(clock):
    """Let time pass. A message ID is kept twice as long as its text, a clearing longer."""
    for _ in range(3):
        clock.passes(settings.RESUME_SECONDS)
        await asyncio.sleep(1.5)  # one run of the background task


async def test_the_backends_are_empty_once_every_window_is_closed(
    alice, bob, open_window, clock, record_property
):
    tasks, clients = (
        len(asyncio.all_tasks()),
        {user: await sync_to_async(signed_in)(user) for user in (alice, bob)},
    )
    for _ in range(CYCLES // 2):
        await come_and_go(
            [
                await open_window(*pair, client=clients[pair[0]])
                for pair in ((alice, bob), (bob, alice))
            ]
        )
        clock.passes(1)
    record_property("kept at the end of the day", kept())
    assert kept()["boxes"] == 2
    await time_passes(clock)
    assert background_task.task
    assert background_task.task.done()
    assert not any(kept().values()), kept()
    assert len(asyncio.all_tasks()) == tasks
