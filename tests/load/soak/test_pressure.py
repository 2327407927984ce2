"""Clients that exceed limits, at the promised numbers, on both servers."""

import pytest

from messaging.backends.memory.presence import GRACE_SECONDS
from tests.load.pressure.conftest import place  # noqa: F401 - a fixture
from tests.load.pressure.scenarios import a_flood, a_return, a_stall

SENDERS = 52  # of 100 messages of 4,000 characters each: 20 megabytes


@pytest.fixture(scope="module")
def figures():
    return {"people": 2_800, "latency": 50}


async def test_a_client_that_leaves_20_megabytes_unread_is_disconnected(place, record_property):
    await a_stall(place, record_property, senders=SENDERS, pause=0.1, grace=GRACE_SECONDS)


async def test_a_flood_of_six_seconds_is_cut_off(place, record_property):
    await a_flood(place, seconds=6, record=record_property)


async def test_2500_pages_that_return_at_once_are_all_accepted(place, record_property):
    await a_return(place, 2_500, record_property)
