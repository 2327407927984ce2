"""The stores of the tests do what other tests rely on: one keeps everything, the others only what they should."""

import psycopg
import pytest
from redis import Redis as Client

from tests.stores import Postgres, Redis

CANARY = b"canary-4c1b"


def holds_canary(store) -> bool:
    return any(CANARY in file.read_bytes() for file in store.folder.rglob("*") if file.is_file())


@pytest.mark.parametrize("keeps", [True, False])
def test_redis_keeps_on_the_disk_what_it_is_told_to_keep(keeps):
    store = Redis(keeps=keeps).start()
    try:
        with Client.from_url(store.url) as client:
            client.set("what", CANARY)
        store.stop()
        assert holds_canary(store) is keeps
        store.start()
        with Client.from_url(store.url) as client:
            assert client.get("what") == (CANARY if keeps else None)
    finally:
        store.close()
    assert not store.folder.exists()


def test_postgresql_keeps_what_it_was_given():
    store = Postgres(log_statement="all").start()
    try:
        with psycopg.connect(store.url) as connection:
            connection.execute("CREATE TABLE things AS SELECT 'canary-4c1b' AS thing")
        store.stop()
        assert holds_canary(store)
        assert CANARY in store.log.read_bytes()
        store.start()
        with psycopg.connect(store.url) as connection:
            assert connection.execute("SELECT thing FROM things").fetchone() == ("canary-4c1b",)
    finally:
        store.close()
