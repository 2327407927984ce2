"""What the others are told when somebody comes and goes: soon, and once."""

import asyncio
import re

import pytest

from messaging.presence import presence

pytestmark = pytest.mark.django_db(transaction=True)


def told(window, user):
    """What a window was told about a person, in order."""
    return re.findall(rf"innerHTML:\.presence-{user.pk},#elsewhere\"><span[^>]*>(\w+)<", window.seen)


async def test_the_others_read_within_a_second_that_somebody_is_online(alice, bob, open_window):
    here = await open_window(alice)
    await here.settles()
    await open_window(bob)
    async with asyncio.timeout(1):
        await here.sees(f"presence-{bob.pk},")
    assert told(here, bob) == ["online"]


async def test_the_row_of_a_newcomer_arrives_with_them(alice, bob, open_window):
    here = await open_window(alice)
    await here.settles()
    await open_window(bob)
    await here.sees(f'id="person-{bob.pk}"')
    assert 'hx-swap-oob="beforeend:#people,#elsewhere"' in here.seen
    assert f'href="/conversations/{bob.pk}/"' in here.seen


async def test_the_others_read_once_that_somebody_is_offline(alice, bob, open_window, monkeypatch):
    monkeypatch.setattr(presence, "grace", 0.2)
    here, first, second = await open_window(alice), await open_window(bob), await open_window(bob)
    await here.sees(f"presence-{bob.pk},")
    await first.communicator.disconnect()
    await asyncio.sleep(1.2)
    await here.settles()
    assert told(here, bob) == ["online"]
    await second.communicator.disconnect()
    await here.sees(">offline<")
    await asyncio.sleep(1.2)
    await here.settles()
    assert told(here, bob) == ["online", "offline"]


async def test_a_reload_is_no_news_to_anybody(alice, bob, open_window):
    here, there = await open_window(alice), await open_window(bob)
    await here.sees(f"presence-{bob.pk},")
    for _ in range(3):
        await there.communicator.disconnect()
        there = await open_window(bob, client=there.client)
        await asyncio.sleep(0.6)
    await here.settles()
    assert told(here, bob) == ["online"]
