"""A tab that stays open keeps receiving."""

import asyncio
import time

from tests.support.people import people

SILENCE = 300  # seconds: fifteen heartbeats, and three times RESUME_SECONDS
BEAT = 20


async def test_a_window_that_stayed_open_for_five_minutes_still_receives(
    server, open_window, record_property
):
    alice, bob = people(server.environment, 2)
    hers, his = await open_window(alice, bob), await open_window(bob, alice)
    await hers.until(lambda: hers.told(bob)[-1:] == ["online"])
    before = hers.told(bob)
    await asyncio.sleep(SILENCE)
    assert hers.is_open
    assert his.is_open
    assert his.frames >= SILENCE / BEAT - 1
    began = time.monotonic()
    await hers.says("Are you still there?", to=bob)
    await hers.until(lambda: len(hers.delivered) == 1, seconds=5)
    record_property("shown and confirmed after, in s", round(time.monotonic() - began, 3))
    assert his.heard_of(alice) == ["Are you still there?"]
    assert hers.told(bob) == before
