"""Presence over several processes is up to date, even after a process died."""

import pytest

from tests.load.fleet.presence import leaves_nobody_online, many_arrive


@pytest.mark.matrix
async def test_simultaneous_arrivals_are_announced_together(fleet, record_property):
    await many_arrive(fleet, record_property, people=150, seconds=3)


# Waits until a lease expires. test_redis_presence.py does the same with a fake clock.
@pytest.mark.matrix
async def test_a_dead_process_leaves_nobody_falsely_online_and_no_presence_flickers(
    fleet, record_property
):
    await leaves_nobody_online(fleet, record_property, people=3)
