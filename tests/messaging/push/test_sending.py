"""What is sent to push services, whatever they answer."""

import asyncio
import logging
import socket
import ssl

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from accounts.models import Session
from messaging.delivery.counters import counts
from messaging.ops.metrics import prometheus
from messaging.push import connecting, sending, subscriptions
from tests.messaging.push.conftest import (
    AWAY,
    ENDPOINT,
    HOST,
    eventually,
    subscribe,
    subscribes,
    work_is_done,
    writes,
)
from tests.support.push_service import (
    Answer,
    address,
    continue_for_ever,
    drip,
    drip_headers,
    hang_up,
    nonsense,
    silence,
    status,
)

PATH = ENDPOINT.removeprefix(f"https://{HOST}")

pytestmark = pytest.mark.django_db(transaction=True)


async def left(here, bob):
    return len(await sync_to_async(subscriptions.load)(here.user.pk, bob.pk))


async def test_a_message_to_somebody_away_notifies_each_of_their_browsers(here, service, bob):
    await subscribes(bob, f"{ENDPOINT}/another")
    await writes(here, bob)
    assert {push.path for push in service.pushes} == {PATH, f"{PATH}/another"}
    assert counts.pushes == {"sent": 2}


async def test_nothing_in_a_push_identifies_or_distinguishes_people(
    carol, here, service, open_window, bob
):
    await here.says("a heron", to=bob)
    there = await open_window(carol, bob)
    await there.says("a crane", to=bob)
    await here.sees(AWAY)
    await there.sees(AWAY)
    await work_is_done()
    one, other = service.receives(2)
    assert (one.path, one.body) == (other.path, other.body) == (PATH, b"")
    for push in (one, other):
        del push.headers["Authorization"]  # already checked by the service
    assert one.headers == other.headers


async def test_a_message_that_no_window_showed_in_time_notifies_too(
    service, open_window, alice, bob, server_clock
):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    await sync_to_async(subscribe)(there.client)
    await there.leaves()
    await here.says("are you there?", to=bob)
    await here.sees("state--away")
    await work_is_done()
    assert service.pushes == []
    server_clock.passes(91)
    await here.sees("state--waiting")
    await eventually(lambda: service.pushes)


async def test_a_message_without_javascript_notifies_too(service, alice, bob):
    await subscribes(bob)
    client = AsyncClient()
    await client.aforce_login(alice)
    form = {"id": "0b8a4a4e-0000-4000-8000-000000000000", "text": "hello"}
    answer = await client.post(f"/plain/write/{bob.pk}/", form)
    assert answer.status_code == 409
    await work_is_done()
    assert len(service.pushes) == 1


async def test_nobody_is_notified_of_what_a_window_shows(service, open_window, alice, bob):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    await sync_to_async(subscribe)(there.client)
    await here.says("hello", to=bob)
    await there.sees("hello")
    await here.sees("state--delivered")
    await work_is_done()
    assert service.pushes == []


# The services' answers. The number of requests, the result, and whether the subscription stays.
ANSWERS: dict[str, tuple[list[Answer], int, str, bool]] = {
    "201": ([status(201)], 1, "sent", True),
    "204": ([status(204)], 1, "sent", True),
    "404": ([status(404)], 1, "gone", False),
    "410": ([status(410)], 1, "gone", False),
    "403": ([status(403)], 1, "refused", True),
    "429, then 201": ([status(429, Retry_After="0"), status(201)], 2, "sent", True),
    "429 twice": ([status(429, Retry_After="0")] * 2, 2, "failed", True),
    "429 until the push would be too old": ([status(429, Retry_After="300")], 1, "failed", True),
    "429 until a date": ([status(429, Retry_After="Mon, 1 Jan 2035")] * 2, 2, "failed", True),
    "500, then 201": ([status(500), status(201)], 2, "sent", True),
    "500 twice": ([status(500)] * 2, 2, "failed", True),
    "500, then 410": ([status(500), status(410)], 2, "gone", False),
    "nothing": ([silence], 1, "failed", True),
    "a closed connection": ([hang_up], 1, "failed", True),
    "nonsense": ([nonsense], 1, "failed", True),
    "a redirect": ([status(307, Location=f"https://{HOST}/elsewhere")], 1, "failed", True),
    "a redirect to loopback": ([status(301, Location="http://127.0.0.1/")], 1, "failed", True),
    "a header that does not end": ([drip_headers], 1, "failed", True),
    "100 Continue for ever": ([continue_for_ever], 1, "failed", True),
    "a body that does not end": ([drip], 1, "sent", True),
    "10 MB": ([status(201, b"x" * 10_000_000)], 1, "sent", True),
}


ENDLESS = {silence, drip_headers, continue_for_ever}


@pytest.mark.parametrize("name", ANSWERS)
async def test_every_answer_of_a_push_service_is_understood(name, here, service, bob, monkeypatch):
    answers, requests, result, stays = ANSWERS[name]
    if answers[0] in ENDLESS:
        monkeypatch.setattr(sending, "TIMEOUT", 0.5)
    service.answers[PATH].extend(answers)
    await writes(here, bob)
    await eventually(counts.pushes.total)
    assert [push.path for push in service.pushes] == [PATH] * requests
    assert counts.pushes == {result: 1}
    await work_is_done()
    assert await left(here, bob) == stays
    assert f'sotto_pushes_total{{result="{result}"}} 1.0' in (await prometheus())[1]


@pytest.mark.parametrize(
    ("answers", "stays"),
    [
        ([400, 401, 403], False),
        ([403, 403, 201, 403, 403], True),
        ([403, 403, 500, 500, 403], False),
    ],
)
@pytest.mark.usefixtures("unlimited")
async def test_a_subscription_that_is_refused_three_times_running_is_forgotten(
    answers, stays, here, service, bob
):
    service.answers[PATH].extend(map(status, answers))
    while service.answers[PATH]:
        counts.pushes.clear()
        await writes(here, bob)
        await eventually(counts.pushes.total)
        await work_is_done()
    assert await left(here, bob) == stays


async def test_an_endpoint_is_checked_again_before_it_is_used(here, service, alice, bob, settings):
    settings.PUSH_SERVICES = ["another.example.org"]
    await writes(here, bob)
    assert service.pushes == []
    assert counts.pushes == {"refused": 1}


async def test_a_service_without_a_valid_certificate_is_not_told(here, service, bob, monkeypatch):
    monkeypatch.setattr(connecting, "tls", ssl.create_default_context)
    await writes(here, bob)
    assert service.pushes == []
    assert counts.pushes == {"failed": 1}


async def test_addresses_without_an_answer_share_the_time(here, service, bob, monkeypatch):
    """The service is at the last of ten, and nothing accepts connections at the others."""
    with socket.socket() as full, socket.socket() as first:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        first.connect(full.getsockname())
        others = [address(full.getsockname()[1])] * 9
        monkeypatch.setattr(service, "addresses", others + service.addresses)
        await writes(here, bob)
    assert counts.pushes == {"sent": 1}


@pytest.mark.usefixtures("unlimited")
async def test_failures_are_logged_with_the_host_and_without_endpoint_or_person(
    here, service, bob, caplog, monkeypatch
):
    def fail(*_):
        raise RuntimeError(ENDPOINT)

    monkeypatch.setattr(sending, "TIMEOUT", 0.5)
    caplog.set_level(logging.DEBUG)
    service.answers[PATH].extend([status(403), silence, status(201)])
    for _ in range(3):
        await writes(here, bob)
    monkeypatch.setattr(subscriptions, "load", fail)
    await writes(here, bob)
    assert f"The push service {HOST} answered 403" in caplog.text
    assert f"The push service {HOST} failed: TimeoutError" in caplog.text
    assert "A push notification failed: RuntimeError" in caplog.text
    for secret in ("heron", "alice", "bob"):
        assert secret not in caplog.text
    assert counts.pushes == {"refused": 1, "failed": 2, "sent": 1}


async def test_a_push_is_not_sent_again_after_its_session_ended(here, service, bob):
    def end_session(handler, service):
        Session.objects.filter(user=bob).delete()
        status(500)(handler, service)

    service.answers[PATH].append(end_session)
    await writes(here, bob)
    await asyncio.sleep(0)  # the second attempt is queued by the event loop
    await work_is_done()
    await work_is_done()
    assert len(service.pushes) == 1


@pytest.mark.usefixtures("unlimited")
async def test_a_queued_push_is_not_sent_after_its_session_ended(here, service, bob, monkeypatch):
    load = subscriptions.load

    def load_and_end(*people):
        found = load(*people)
        Session.objects.filter(user=bob).delete()
        return found

    monkeypatch.setattr(subscriptions, "load", load_and_end)
    await writes(here, bob)
    assert (service.pushes, counts.pushes) == ([], {})
