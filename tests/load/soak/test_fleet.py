"""Several processes with one Redis, at the promised numbers: delivery, presence and storage."""

from tests.load.fleet import outage, storage
from tests.load.fleet.conftest import all_close, database, fleet, forgetful, keeping, leaving, store  # noqa: F401 - fixtures
from tests.load.fleet.delivery import (
    one_order,
    process_is_killed,
    processes_are_restarted,
    redis_is_lost,
    talk_without_a_fault,
)
from tests.load.fleet.presence import leaves_nobody_online, many_arrive

SOON = 50  # ms


async def test_two_hundred_people_talk(fleet, record_property):
    delays = await talk_without_a_fault(fleet, record_property, people=200, seconds=60)
    assert delays[len(delays) * 95 // 100] <= SOON


async def test_messages_of_two_senders_at_two_processes_arrive_in_one_order(fleet):
    await one_order(fleet, each=1_000)


async def test_a_process_with_a_third_of_five_hundred_windows_is_killed(fleet, record_property):
    await process_is_killed(fleet, record_property, people=498, per_second=200, seconds=(10, 20))


async def test_three_processes_are_restarted_in_turn_while_three_hundred_talk(
    fleet, record_property
):
    await processes_are_restarted(fleet, record_property, people=300, per_second=150)


async def test_redis_is_away_for_five_seconds_and_returns_empty(fleet, store, record_property):
    await redis_is_lost(fleet, store, record_property, people=200, away=5)


async def test_a_thousand_people_arrive_within_ten_seconds(fleet, record_property):
    await many_arrive(fleet, record_property, people=900, seconds=9)


async def test_a_dead_process_leaves_nobody_falsely_online_and_no_presence_flickers(
    fleet, record_property
):
    await leaves_nobody_online(fleet, record_property, people=20)


async def test_two_thousand_windows_leave_nothing_in_redis(forgetful, keeping, record_property):
    await storage.come_and_go(forgetful, keeping, record_property, windows=100, rounds=20)


async def test_a_thousand_messages_cause_no_database_query(forgetful, database, record_property):
    await storage.talk_without_sql(forgetful, database, record_property, messages=500)


async def test_conversations_continue_for_half_a_minute_without_the_database(
    forgetful, database, record_property
):
    await outage.of_the_database(forgetful, database, record_property, seconds=30)
