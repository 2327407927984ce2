"""How soon presence changes are shown, with the real grace period and real sockets."""

import asyncio
import time

from tests.support.people import people

SOON, LATE = 1.0, 15.0  # seconds
RELOADS = 20


async def sees(window, person, state):
    """Return the moment at which the window was last told about this person."""
    await window.until(lambda: window.told(person)[-1:] == [state])
    return max(moment for moment, _, id in window.presence if id == person.id)


async def test_arrivals_and_departures_are_shown_in_time(server, open_window, record_property):
    alice, *others = people(server.environment, 11)
    here = await open_window(alice)
    arrivals, departures = [], []
    for number, other in enumerate(others):
        await asyncio.sleep(0.13 * number)  # at various times of the interval
        there = await open_window(other)
        arrivals.append(await sees(here, other, "online") - there.opened_at)
        left_at = time.monotonic()
        await there.closes()
        departures.append(await sees(here, other, "offline") - left_at)
        assert here.told(other) == ["online", "offline"]
    record_property("online seen after at most, in s", round(max(arrivals), 2))
    record_property("offline seen after, in s", f"{min(departures):.2f} to {max(departures):.2f}")
    assert max(arrivals) <= SOON
    assert max(departures) <= LATE


async def test_twenty_reloads_in_ten_seconds_show_no_change(server, open_window, record_property):
    alice, bob = people(server.environment, 2)
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    await sees(here, bob, "online")
    before = here.told(bob)
    for _ in range(RELOADS):
        await there.closes()
        await asyncio.sleep(10 / RELOADS)
        there = await open_window(bob, alice)
    await asyncio.sleep(LATE)  # until a late departure would be shown
    record_property("changes seen", len(here.told(bob)) - len(before))
    assert here.told(bob) == before
