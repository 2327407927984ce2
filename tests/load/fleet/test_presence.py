"""Presence over several processes: who is there is said soon, and of a dead process nothing stays
behind.
"""

import pytest

from tests.load.fleet.presence import leaves_no_ghost, many_arrive


@pytest.mark.matrix
async def test_people_who_arrive_together_are_told_together(fleet, record_property):
    await many_arrive(fleet, record_property, people=150, seconds=3)


async def test_a_dead_worker_leaves_no_ghost_and_nobody_else_flickers(fleet, record_property):
    await leaves_no_ghost(fleet, record_property, people=3)
