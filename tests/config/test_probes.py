"""Health checks and metrics."""

import asyncio
import re
import threading
import time
from types import SimpleNamespace

import pytest
from asgiref.sync import sync_to_async
from channels.testing import HttpCommunicator
from django.conf import settings
from django.core.cache.backends.dummy import DummyCache
from django.db import OperationalError
from prometheus_client.parser import text_string_to_metric_families

from config.asgi import application
from config.asgi_middleware.client_address import with_client_address
from config.asgi_middleware.probes import with_probes
from messaging.consumers.shutdown import shutdown
from messaging.consumers.websocket import registry
from messaging.delivery.counters import counts
from messaging.ops import health, metrics
from messaging.ops.health import CHECKS
from tests.messaging.conftest import empty_memory, open_window  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db(transaction=True)

ANYWHERE = b"10.11.12.13:8000"  # probes use an address that is not in ALLOWED_HOSTS


async def nothing_here(scope, receive, send):
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"nothing here"})


closed = with_client_address(
    with_probes(nothing_here, public={}, restricted={"/metrics": metrics.prometheus})
)


async def asked(path, method="GET", client="127.0.0.1", headers=(), served=application):
    """Return status, text and headers of the answer."""
    wire = HttpCommunicator(served, method, path, headers=[(b"host", ANYWHERE), *headers])
    wire.scope["client"] = [client, 4711]
    answer = await wire.get_response(timeout=10)
    dress = {name.decode(): value.decode() for name, value in answer["headers"]}
    return SimpleNamespace(status=answer["status"], text=answer["body"].decode(), headers=dress)


async def prometheus():
    """Return the metrics by name, or by `name/label`."""
    families = text_string_to_metric_families((await asked("/metrics")).text)
    samples = [sample for family in families for sample in family.samples]
    return {"/".join([each.name, *each.labels.values()]): each.value for each in samples}


@pytest.fixture
def ending():
    shutdown.has_begun = True
    yield
    shutdown.has_begun = False


async def hangs():
    await asyncio.sleep(60)


async def fails():
    raise OperationalError("somewhere.invalid is not there")


async def test_liveness_needs_no_other_service(monkeypatch):
    monkeypatch.setitem(CHECKS, "database", hangs)
    assert (await asked("/healthz")).text == "ok\n"


async def test_it_is_ready_if_the_database_answers():
    answer = await asked("/readyz")
    assert (answer.status, answer.text) == (200, "ready\n")


async def test_it_is_not_ready_without_its_database(monkeypatch):
    def no_database():
        raise OperationalError("somewhere.invalid is not there")

    monkeypatch.setattr(health, "_ask_database", no_database)
    answer = await asked("/readyz")
    assert (answer.status, answer.text) == (503, "not ready: database\n")


async def test_it_is_not_ready_if_attempts_cannot_be_counted(monkeypatch):
    monkeypatch.setattr(health, "cache", DummyCache("", {}))
    answer = await asked("/readyz")
    assert (answer.status, answer.text) == (503, "not ready: throttles\n")
    assert (await prometheus())["sotto_ready/throttles"] == 0
    monkeypatch.undo()
    assert (await prometheus())["sotto_ready/throttles"] == 1


async def test_every_failing_check_is_listed(monkeypatch):
    monkeypatch.setitem(CHECKS, "one", fails)
    monkeypatch.setitem(CHECKS, "another", fails)
    assert (await asked("/readyz")).text == "not ready: one\nnot ready: another\n"


async def test_a_check_that_hangs_fails_and_every_request_is_answered_in_time(monkeypatch):
    is_back = threading.Event()
    monkeypatch.setattr(health, "CHECK_TIMEOUT", 0.2)
    monkeypatch.setattr(health, "_ask_database", lambda: is_back.wait(60))
    try:
        answers = await asyncio.gather(*(asked("/readyz") for _ in range(20)))
    finally:
        is_back.set()
    assert {answer.text for answer in answers} == {"not ready: database\n"}


async def test_simultaneous_requests_query_the_database_once(monkeypatch):
    asks = []

    def ask():
        asks.append(1)
        time.sleep(0.1)

    monkeypatch.setattr(health, "_ask_database", ask)
    await asyncio.gather(*(asked("/readyz") for _ in range(20)))
    assert len(asks) == 1


async def test_while_shutting_down_it_is_alive_but_not_ready(ending):
    assert (await asked("/healthz")).status == 200
    answer = await asked("/readyz")
    assert (answer.status, answer.text) == (503, "not ready: the server is being restarted\n")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_probe_responses_have_the_usual_headers(path):
    answer = await asked(path)
    for name, value in settings.SECURITY_HEADERS.items():
        assert answer.headers.get(name.lower()) == value
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_probes_accept_get_and_head_only(path):
    refused = await asked(path, method="POST")
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")
    head = await asked(path, method="HEAD")
    assert (head.status, head.text) == (200, "")


@pytest.mark.parametrize("client", ["203.0.113.7", "10.0.0.1", "2001:db8::1", ""])
async def test_metrics_are_hidden_from_other_addresses(client):
    assert (await asked("/metrics", client=client, served=closed)).text == "nothing here"


async def test_metrics_are_hidden_from_clients_behind_an_unknown_proxy():
    """With nginx on the same machine and no TRUSTED_PROXIES, all clients seem to be 127.0.0.1."""
    answer = await asked("/metrics", headers=[(b"x-forwarded-for", b"127.0.0.1")], served=closed)
    assert answer.text == "nothing here"


async def test_metrics_are_shown_to_allowed_addresses(settings):
    settings.METRICS_ALLOWED = ["10.0.0.0/8"]
    assert "sotto_windows" in (await asked("/metrics", client="10.1.2.3")).text
    assert (await asked("/metrics", served=closed)).text == "nothing here"


async def test_events_are_counted(alice, bob, open_window):
    before = await prometheus()
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    await here.says("hello", to=bob)
    await there.sees("hello")
    await here.sees("state--delivered")
    await here.send(type="nonsense")
    await here.sees("doesn’t know")
    after = await prometheus()
    change = {name: after[name] - before[name] for name in after if name.startswith("sotto_")}
    assert change["sotto_windows"] == change["sotto_people_online"] == 2
    assert change["sotto_messages_posted_total"] == change["sotto_messages_delivered_total"] == 1
    assert change["sotto_refused_total/frame"] == 1
    assert after["sotto_windows"] == registry.size


@pytest.mark.memory("what waits in Redis is measured by Redis")
async def test_queue_lengths_are_measured(alice, bob, open_window):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    await here.settles()
    await there.settles()
    before, there.confirms = await prometheus(), False
    assert before["sotto_people_reachable"] == 2
    await here.says("x" * 1000, to=bob)
    await here.sees("x" * 1000)
    after = await prometheus()
    assert after["sotto_mailbox_entries"] > before["sotto_mailbox_entries"]
    assert after["sotto_mailbox_bytes"] > before["sotto_mailbox_bytes"] + 1000


async def test_an_unknown_forwarding_header_of_a_proxy_is_counted(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.1/32"]
    before = (await prometheus())["sotto_unreadable_addresses_total"]
    await asked("/healthz", client="10.0.0.1", headers=[(b"x-forwarded-for", b"nonsense")])
    assert (await prometheus())["sotto_unreadable_addresses_total"] == before + 1


async def test_a_blocked_event_loop_is_measured():
    before = (await prometheus())["sotto_loop_lag_seconds_count"]
    counts.record_lag(0.3)
    after = await prometheus()
    assert after["sotto_loop_lag_seconds_count"] == before + 1
    assert after["sotto_loop_lag_seconds_bucket/0.25"] < after["sotto_loop_lag_seconds_bucket/0.5"]


async def test_no_user_is_named(alice, bob, open_window):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    await here.says("a word", to=bob)
    await there.sees("a word")
    text = (await asked("/metrics")).text
    await sync_to_async(alice.refresh_from_db)()
    assert not re.search(r"alice|bob|a word", text)
    assert set(re.findall(r'(\w+)="', text)) == {"check", "reason", "result", "le"}
