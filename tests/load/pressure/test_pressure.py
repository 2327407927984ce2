"""Clients that exceed limits, in short. tests/load/soak has the full numbers."""

from tests.load.pressure.scenarios import a_flood, a_hang, a_return, a_stall, large_frames


async def test_pages_that_return_at_once_are_all_accepted(place, record_property):
    await a_return(place, 300, record_property)


async def test_a_client_that_stops_reading_is_disconnected_and_loses_nothing(
    place, record_property
):
    # They send more messages than an inbox can hold.
    await a_stall(place, record_property, senders=14, pause=0.05, grace=1)


async def test_a_flooding_client_is_disconnected_and_affects_no_others(place, record_property):
    await a_flood(place, seconds=2, record=record_property)


async def test_a_frame_of_many_megabytes_is_refused_from_any_client(place, record_property):
    await large_frames(place, record_property)


async def test_a_hanging_database_stops_no_conversation(place, record_property):
    await a_hang(place, record_property)
