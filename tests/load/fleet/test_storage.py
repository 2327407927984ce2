"""Two processes with stores that keep everything: no message is in them."""

import pytest

from messaging.ops.proof.canary import Canary
from tests.load.fleet import outage, storage


@pytest.mark.matrix
async def test_closed_windows_leave_nothing_in_redis(forgetful, keeping, record_property):
    await storage.come_and_go(forgetful, keeping, record_property, windows=20, rounds=1)


@pytest.mark.matrix
async def test_a_window_that_stays_open_still_receives(forgetful, keeping):
    await storage.stay_for_days(forgetful, keeping)


async def test_an_open_conversation_causes_no_database_query(forgetful, database, record_property):
    await storage.talk_without_sql(forgetful, database, record_property, messages=50)


async def test_conversations_continue_without_the_database(forgetful, database, record_property):
    await outage.of_the_database(forgetful, database, record_property, seconds=5)


# The last test, because it stops the stores.
async def test_no_message_reaches_a_disk(forgetful, keeping, database, record_property):
    await storage.is_nowhere(forgetful, keeping, database, Canary(), record_property)
