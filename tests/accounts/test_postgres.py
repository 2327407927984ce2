"""Sorting, and behaviour of PostgreSQL only (selected by tests.settings.shared)."""

import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest

from messaging.people import roster
from tests.conftest import PASSWORD
from tests.support.cookies import cookie
from tests.support.servers import Server
from tests.support.stores import Postgres

postgres_alone = pytest.mark.memory("starts its own PostgreSQL")


@pytest.mark.django_db
def test_names_are_sorted_by_code_point_online_or_offline(alice, django_user_model):
    # The collation of a language would ignore hyphens and almost ignore accents.
    wanted = ["a-z", "a.b", "a1", "a_c", "ab", "zoe", "étienne", "ωmega"]
    mixed = sorted(wanted, key=lambda name: name[-1])
    people = [django_user_model(username=name, username_key=name, password="!") for name in mixed]
    django_user_model.objects.bulk_create(people)
    for online in ({}, {person.pk: person.username for person in people}):
        assert [row.name for row in roster.load_page(alice.pk, online).people] == wanted


@pytest.mark.django_db
def test_every_row_of_a_deleted_user_is_gone(client, alice, bob):
    login = {"username": "bob", "password": PASSWORD}
    assert client.post("/accounts/login/", login).status_code == 302
    bob.delete()
    assert client.get("/").status_code == 302
    assert client.post("/accounts/login/", login).status_code == 422
    assert roster.load_page(alice.pk, {}).people == []


@pytest.fixture
def small_postgres():
    store = Postgres(max_connections="15").start()
    yield store
    store.close()


@pytest.fixture
def server(small_postgres, tmp_path):
    server = Server(tmp_path, DATABASE_URL=small_postgres.url).start()
    yield server
    server.stop()


def crowd(server, count) -> list[int]:
    """Return the answers to this many simultaneous requests with sessions."""

    def visit(_):
        wire = HTTPConnection("localhost", server.port, timeout=30)
        sent = {"Cookie": cookie(server.url, "session", "x" * 32)}
        wire.request("GET", "/accounts/login/", headers=sent)
        answer = wire.getresponse()
        answer.read()
        wire.close()
        return answer.status

    with ThreadPoolExecutor(count) as people:
        return list(people.map(visit, range(count)))


@postgres_alone
def test_requests_beyond_the_connections_of_postgresql_wait_their_turn(server):
    assert crowd(server, 60) == [200] * 60


@postgres_alone
def test_the_server_survives_a_restart_of_postgresql(server, small_postgres):
    assert crowd(server, 20) == [200] * 20
    small_postgres.stop()
    assert crowd(server, 1)[0] >= 500
    small_postgres.start()
    deadline = time.monotonic() + 30
    while crowd(server, 10) != [200] * 10:
        assert time.monotonic() < deadline, "it did not recover"
