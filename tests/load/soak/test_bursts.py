"""Bursts through a real server: each message arrives once and in order."""

import asyncio
import time

from tests.support.people import people

PEOPLE = 40
BURST = 50
PER_SECOND = 1000


async def pairs(server, open_window):
    """Return the window of each person, with their peer."""
    them = people(server.environment, PEOPLE)
    return [
        (await open_window(one, them[place ^ 1]), them[place ^ 1]) for place, one in enumerate(them)
    ]


def burst(person, number):
    return [f"{person.id} says {number}.{place}." for place in range(BURST)]


async def says_all(window, peer, number, after=0.0):
    await asyncio.sleep(after)
    for text in burst(window.person, number):
        await window.says(text, to=peer)


async def hears_all(window, wanted):
    """Read until all messages of both are shown and confirmed."""
    await window.until(lambda: len(window.shown) >= 2 * wanted and len(window.delivered) >= wanted)


async def all_arrive(windows, bursts):
    await asyncio.gather(*[hears_all(window, bursts * BURST) for window, _ in windows])


async def are_whole(windows, bursts):
    """Check that each window shows everything once and in order, the same for both of a pair."""
    await asyncio.sleep(1)  # for possible duplicates
    for window, peer in windows:
        assert window.is_open
        for person in (window.person, peer):
            assert window.heard_of(person) == [
                text for number in range(bursts) for text in burst(person, number)
            ]
        assert len(window.arrived) == len(window.shown)
        assert len(window.delivered) == window.delivered.total() == bursts * BURST
    for (one, _), (other, _) in zip(windows[::2], windows[1::2], strict=True):
        assert list(one.shown) == list(other.shown)


async def test_two_thousand_messages_at_once_arrive_once_and_in_order(
    server, open_window, record_property
):
    windows = await pairs(server, open_window)
    began = time.monotonic()
    await asyncio.gather(*[says_all(window, peer, 0) for window, peer in windows])
    await all_arrive(windows, 1)
    record_property("all shown and confirmed after, in s", round(time.monotonic() - began, 2))
    await are_whole(windows, 1)


async def test_bursts_of_a_thousand_a_second_arrive_once_and_in_order(
    server, open_window, record_property
):
    windows = await pairs(server, open_window)
    began, step = time.monotonic(), BURST / PER_SECOND
    # The rate limit allows two bursts per person.
    turns = [(window, peer, number) for number in range(2) for window, peer in windows]
    await asyncio.gather(*[says_all(*turn, after=place * step) for place, turn in enumerate(turns)])
    record_property("said within, in s", round(time.monotonic() - began, 2))
    await all_arrive(windows, 2)
    record_property("all shown and confirmed after, in s", round(time.monotonic() - began, 2))
    await are_whole(windows, 2)
