"""What must hold when somebody overdoes it, in short, on both servers; tests/load/soak has the full
figures.
"""

from tests.load.pressure.scenarios import a_flood, a_hang, a_return, a_stall, large_frames


async def test_pages_that_return_at_once_are_all_let_in(place, record_property):
    await a_return(place, 300, record_property)


async def test_somebody_who_stops_reading_is_let_go_and_loses_nothing(place, record_property):
    # Their messages are more than the inbox of one person holds.
    await a_stall(place, record_property, senders=14, pause=0.05, grace=1)


async def test_a_flood_is_cut_and_harms_nobody_else(place, record_property):
    await a_flood(place, seconds=2, record=record_property)


async def test_a_frame_of_many_megabytes_is_refused_whoever_sends_it(place, record_property):
    await large_frames(place, record_property)


async def test_a_database_that_hangs_keeps_nobody_from_talking(place, record_property):
    await a_hang(place, record_property)
