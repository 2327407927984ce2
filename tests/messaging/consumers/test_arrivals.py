"""Presence changes reach other windows soon, and once."""

import asyncio
import re

import pytest

from messaging.backends import presence
from messaging.delivery.background import background_task
from messaging.domain.conversations import Person
from tests.messaging.conftest import AT_ONCE

WORDS = ("online", "offline")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.product_pace]


def told(window, user):
    """Return what a window was told about a person, in order."""
    news = re.findall(r'data-online="([\d ]*)"\s+data-offline="([\d ]*)"', window.seen)
    return [
        word
        for lists in news
        for word, ids in zip(WORDS, lists, strict=True)
        if str(user.pk) in ids.split()
    ]


async def is_told(window, user, word):
    while told(window, user)[-1:] != [word]:
        await window.read()


async def test_an_arrival_is_shown_at_once(alice, bob, open_window):
    here = await open_window(alice)
    await here.settles()
    await open_window(bob)
    async with asyncio.timeout(AT_ONCE):
        await is_told(here, bob, "online")
    assert told(here, bob) == ["online"]


async def test_the_row_of_a_new_user_arrives_with_the_presence(alice, bob, open_window):
    here = await open_window(alice)
    await here.settles()
    await open_window(bob)
    await here.sees(f'id="person-{bob.pk}"')
    assert 'hx-swap-oob="beforeend:#people,#elsewhere"' in here.seen
    assert f'href="/conversations/{bob.pk}/"' in here.seen


async def test_going_offline_is_shown_once(alice, bob, open_window, monkeypatch):
    monkeypatch.setattr(presence, "grace", 0.2)
    here, first, second = await open_window(alice), await open_window(bob), await open_window(bob)
    await is_told(here, bob, "online")
    await first.communicator.disconnect()
    await asyncio.sleep(1.2)
    await here.settles()
    assert told(here, bob) == ["online"]
    await second.communicator.disconnect()
    await is_told(here, bob, "offline")
    await asyncio.sleep(1.2)
    await here.settles()
    assert told(here, bob) == ["online", "offline"]


async def test_a_reload_is_not_reported(alice, bob, open_window):
    here, there = await open_window(alice), await open_window(bob)
    await is_told(here, bob, "online")
    for _ in range(3):
        await there.communicator.disconnect()
        there = await open_window(bob, client=there.client)
        await asyncio.sleep(0.6)
    await here.settles()
    assert told(here, bob) == ["online"]


async def test_simultaneous_arrivals_are_joined_into_few_frames(alice, open_window, monkeypatch):
    here = await open_window(alice)
    await here.settles()
    before = len(here.seen)
    for number in range(500):
        await presence.arrive(Person(10_000 + number, f"zoe{number}"), "window")
    background_task.wake_up()
    await here.sees("10499 ")
    await here.settles()
    news = here.seen[before:]
    assert news.count("data-online") == 1
    # Some arrive as rows, as long as the roster has room for them. The others can be searched for.
    assert news.count("<li") == 20
    assert len(news) < 20_000
