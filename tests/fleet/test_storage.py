"""Two workers over stores that keep whatever they are given: of what people say, there is nothing to keep."""

import pytest

from messaging.proof.canary import Canary
from tests.bench.machine import allow_many_files
from tests.fleet import outage, storage
from tests.fleet.fleet import Fleet
from tests.stores import Postgres, Redis


@pytest.fixture(scope="module")
def store():
    redis = Redis(keeps=True).start()
    yield redis
    redis.close()


@pytest.fixture(scope="module")
def database():
    postgres = Postgres(log_statement="all").start()
    yield postgres
    postgres.close()


@pytest.fixture(scope="module")
def fleet(store, database, tmp_path_factory):
    allow_many_files()
    settings = {"DATABASE_URL": database.url, "DJANGO_SETTINGS_MODULE": "tests.fleet.forgetful_settings"}
    fleet = Fleet(tmp_path_factory.mktemp("fleet"), store.url, count=2, **settings).start()
    yield fleet
    fleet.close()


async def test_windows_that_come_and_go_leave_nothing_in_redis(fleet, store, record_property):
    await storage.come_and_go(fleet, store, record_property, windows=20, rounds=1)


async def test_a_window_that_is_left_open_goes_on_hearing(fleet, store):
    await storage.stay_for_days(fleet, store)


async def test_an_open_conversation_asks_the_database_nothing(fleet, database, record_property):
    await storage.talk_without_sql(fleet, database, record_property, messages=50)


async def test_nothing_that_was_said_reaches_a_disk(fleet, store, database, record_property):
    await storage.is_nowhere(fleet, store, database, Canary(), record_property)


async def test_conversations_go_on_without_the_database(fleet, database, record_property):
    await outage.of_the_database(fleet, database, record_property, seconds=5)
