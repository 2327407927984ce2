"""Push notifications through a push service on this machine."""

import asyncio
import socket
import ssl

import pytest
from asgiref.sync import sync_to_async

from messaging import rate_limits
from messaging.delivery.counters import counts
from messaging.push import connecting, sending, vapid
from messaging.push.queue import queue
from tests.conftest import signed_in
from tests.messaging.conftest import wait_for_queries
from tests.support.push_service import PushService

HOST, CONTACT = "push.example.org", "mailto:admin@example.org"
ENDPOINT = f"https://{HOST}/send/a-heron-stood-in-the-canal"
KEY = vapid.new_key()
AWAY = "isn’t connected"


@pytest.fixture
def push_on(settings):
    settings.PUSH_KEY, settings.PUSH_CONTACT = KEY, CONTACT
    settings.PUSH_SERVICES = [HOST, ".notify.example.org"]


@pytest.fixture
def service(push_on, tmp_path, monkeypatch):
    """Return a push service, which is at HOST as far as the server knows."""
    service = PushService(tmp_path, HOST, vapid.public_key(), CONTACT)

    find = socket.getaddrinfo

    def find_here(host, port, *arguments, **keywords):
        if host != HOST:
            return find(host, port, *arguments, **keywords)
        assert port == 443
        return service.addresses

    tls = ssl.create_default_context(cafile=service.certificate)
    tls.sslsocket_class = connecting.TimedSocket
    monkeypatch.setattr(socket, "getaddrinfo", find_here)
    monkeypatch.setattr(connecting, "tls", lambda: tls)
    monkeypatch.setattr(sending, "RETRY_SECONDS", 0)
    counts.pushes.clear()
    yield service
    service.close()
    assert service.faults == []


@pytest.fixture
async def here(service, open_window, alice, bob):
    """Return Alice's window. Bob has none, and wants to be notified."""
    await subscribes(bob)
    return await open_window(alice, bob)


@pytest.fixture
def unlimited(monkeypatch):
    for limit in (rate_limits.push_pauses, rate_limits.push_repeats, rate_limits.pushes):
        monkeypatch.setattr(limit, "rate", rate_limits.Rate(burst=10_000, per_second=1_000))


def subscribe(client, endpoint=ENDPOINT):
    return client.post("/push/", {"endpoint": endpoint, "key": vapid.public_key()})


async def subscribes(user, endpoint=ENDPOINT):
    """Subscribe in a new session."""
    await sync_to_async(lambda: subscribe(signed_in(user), endpoint))()


async def work_is_done():
    """Wait until whatever was due has been sent or has failed."""
    await wait_for_queries()
    await asyncio.to_thread(queue.jobs.join)


async def eventually(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - other threads change it
            await asyncio.sleep(0.01)


async def writes(window, person):
    """Write to somebody who has no window, and wait until they were notified, or not."""
    await window.says("hello", to=person)
    await window.sees(AWAY, window.seen.count(AWAY) + 1)
    await work_is_done()
