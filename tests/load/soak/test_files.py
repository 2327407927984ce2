"""Transfers of files under faults and attacks, at the promised numbers."""

import pytest

from tests.load.fleet.conftest import fleet, store  # noqa: F401 - fixtures
from tests.load.fleet.files import process_is_killed
from tests.load.pressure.conftest import place  # noqa: F401 - a fixture
from tests.load.pressure.files import (
    a_recipient_lies,
    a_recipient_stops_reading,
    a_sender_ignores_its_credit,
    many_offers,
)


@pytest.fixture(scope="module")
def figures():
    return {"people": 100, "latency": 50}


@pytest.mark.parametrize(
    ("sends", "receives"),
    [(0, 0), (0, 1), (1, 0)],
    ids=["of both pages", "of the sender's page", "of the recipient's page"],
)
async def test_a_file_arrives_whole_although_a_process_is_killed(
    fleet, record_property, sends, receives
):
    await process_is_killed(fleet, record_property, sends, receives)


async def test_a_recipient_that_stops_reading_is_disconnected(place, record_property):
    await a_recipient_stops_reading(place, record_property)


async def test_a_recipient_that_confirms_what_it_has_not_read_is_disconnected(
    place, record_property
):
    await a_recipient_lies(place, record_property)


async def test_a_sender_that_ignores_its_credit_is_disconnected(place, record_property):
    await a_sender_ignores_its_credit(place, record_property)


async def test_a_thousand_offers_a_minute_are_refused_with_a_reason(place, record_property):
    await many_offers(place, record_property, count=1_000, seconds=60)
