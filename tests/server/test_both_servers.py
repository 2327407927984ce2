"""Behaviour of both servers: Daphne in `manage.py serve`, and uvicorn."""

import asyncio
import http.client

import pytest
from django.conf import settings

from messaging.consumers.close_codes import RESTARTING
from tests.support.people import people
from tests.support.serving import Serving, Uvicorn
from tests.support.stores import Redis
from tests.support.window import Window

# From RFC 6455's registry. uvicorn sends it by itself, before the application learns of the
# shutdown.
SERVICE_RESTART = 1012
LOG_IN = "/accounts/login/"
FORWARDED = {"X-Forwarded-For": "198.51.100.1"}


KINDS = [Serving, Uvicorn]


@pytest.fixture(params=KINDS)
def start(request, tmp_path):
    """Return a function that starts a server with these variables."""
    servers = []

    def start_it(**variables):
        servers.append(request.param(tmp_path, METRICS_ALLOWED="198.51.100.1", **variables))
        return servers[-1].start()

    yield start_it
    for server in servers:
        server.stop()


@pytest.fixture(scope="module", params=KINDS)
def usual(request, tmp_path_factory):
    """Start one server of each kind for all tests that only send requests. Check their logs."""
    server = request.param(tmp_path_factory.mktemp("usual"), METRICS_ALLOWED="198.51.100.1")
    yield server.start()
    server.stop()
    assert "Traceback" not in server.log.read_text()


def test_a_trusted_proxy_names_the_client(start):
    server = start(TRUSTED_PROXIES="127.0.0.1,::1")
    assert server.asks("/metrics", **FORWARDED)[0] == 200
    assert server.asks("/metrics", **{"X-Forwarded-For": "203.0.113.7, 198.51.100.1"})[0] == 200
    assert server.asks("/metrics", **{"X-Forwarded-For": "198.51.100.1, 203.0.113.7"})[0] == 404
    assert server.asks("/metrics")[0] == 404


def test_an_untrusted_client_is_not_believed(usual):
    assert usual.asks("/metrics", **FORWARDED)[0] == 404
    assert usual.asks("/readyz", **FORWARDED) == (200, "ready\n")


HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


@pytest.mark.parametrize("path", ["/x", "//elsewhere.example", "é"])
def test_a_header_cannot_set_the_script_name(usual, path):
    """Otherwise, a prefix would get around a path that a proxy blocks."""
    forged = {"Daphne-Root-Path": path}
    assert usual.asks(f"/x{LOG_IN}", **forged)[0] == 404
    assert usual.asks("/x/healthz", **forged)[0] == 404
    status, page = usual.asks(LOG_IN, **forged)
    assert (status, page.count("elsewhere.example")) == (200, 0)
    assert f'action="{LOG_IN}passkey/"' in page
    headers = {**HANDSHAKE, "Origin": usual.url, **forged}
    answers = [answer(usual, path, headers) for path in ("/x/ws/chat/", "/ws/chat/")]
    assert [each.status for each in answers] == [403, 101]
    assert "Traceback" not in usual.log.read_text()


def answer(server, path, headers):
    wire = http.client.HTTPConnection("localhost", server.port, timeout=10)
    wire.request("GET", path, headers=headers)
    response = wire.getresponse()
    wire.close()
    return response


ELSEWHERE = ["/ws/", "/ws/chat", "/ws/chat/x/", "/ws/other/", "/", "/metrics", "/%00"]


@pytest.mark.parametrize(("paths", "is_foreign"), [(["/ws/chat/"], True), (ELSEWHERE, False)])
def test_a_cross_site_page_gets_no_socket_but_the_usual_headers(usual, paths, is_foreign):
    origin = "https://elsewhere.example" if is_foreign else usual.url
    headers = {**HANDSHAKE, "Origin": origin}
    for path in paths:
        refused = answer(usual, path, headers)
        assert refused.status == 403, path
        for name, value in settings.SECURITY_HEADERS.items():
            assert refused.getheader(name) == value
    assert "Traceback" not in usual.log.read_text()


async def test_a_shutdown_tells_the_windows_and_ends(start):
    server = await asyncio.to_thread(start)
    them = await asyncio.to_thread(people, server.environment, 3)
    windows = await asyncio.gather(*(Window(server, person).opens() for person in them))
    server.tell()
    await asyncio.to_thread(server.ends)
    await asyncio.gather(*(window.reading for window in windows))
    assert {window.code for window in windows} <= {RESTARTING, SERVICE_RESTART}
    assert "ERROR" not in server.log.read_text()
    assert "198.51.100.1" not in server.log.read_text()


@pytest.mark.parametrize("keeps", [True, False])
def test_a_redis_that_writes_to_a_disk_is_logged_once(start, keeps):
    store = Redis(keeps=keeps).start()
    try:
        server = start(REDIS_URL=store.url, MAILBOX_KEY="for tests only, but as long as a key is")
        lines, warning = server.log.read_text().splitlines(), "WARNING messaging.backends.redis"
        said = [line for line in lines if f"{warning}.persistence" in line]
        assert len(said) == keeps
        assert all("appendonly and save 1 1" in line for line in said)
    finally:
        store.close()
