"""Delivery over several processes: all of it, once, in order, whatever happens to one of them or to Redis."""

from tests.fleet.delivery import one_order, redis_is_lost, talk_without_a_fault, worker_is_killed, workers_are_replaced


async def test_all_arrives_once_and_in_order(fleet, record_property):
    await talk_without_a_fault(fleet, record_property, people=40, seconds=3)


async def test_two_senders_at_two_workers_are_seen_in_one_order(fleet):
    await one_order(fleet, each=100)


async def test_a_worker_that_is_killed_loses_nothing(fleet, record_property):
    await worker_is_killed(fleet, record_property, people=90, per_second=60, seconds=(1, 4))


async def test_workers_are_replaced_while_everybody_talks(serve, record_property):
    await workers_are_replaced(serve, record_property, people=30, per_second=30)


async def test_redis_is_killed_and_comes_back_empty(fleet, store, record_property):
    await redis_is_lost(fleet, store, record_property, people=12, away=2)
