"""A sender learns nothing of whether the recipient is notified. Alice writes; Bob has no window."""

import re
import threading

import pytest
from asgiref.sync import sync_to_async

from messaging.delivery.counters import counts
from messaging.domain.messages import StateUnavailable
from messaging.people import blocks
from messaging.push import subscriptions, trigger
from tests.messaging.push.conftest import AWAY, subscribes, work_is_done, writes

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_flood_notifies_once(here, service, bob):
    for _ in range(30):
        await here.says("hello", to=bob)
    await here.sees(AWAY, 30)
    await work_is_done()
    assert len(service.pushes) == 1


async def test_an_attempt_counts_even_if_there_was_nothing_to_send(
    service, open_window, alice, bob
):
    here = await open_window(alice, bob)
    await writes(here, bob)
    await subscribes(bob)
    await writes(here, bob)
    assert service.pushes == []


@pytest.mark.parametrize("is_blocker", [True, False])
async def test_a_block_that_the_window_does_not_know_yet_notifies_nobody(
    is_blocker, here, service, bob
):
    pair = (bob.pk, here.user.pk) if is_blocker else (here.user.pk, bob.pk)
    await sync_to_async(blocks.add)(*pair)
    await writes(here, bob)
    assert service.pushes == []


async def test_somebody_deactivated_or_unknown_is_not_notified(carol, here, service, bob):
    bob.is_active = False
    await sync_to_async(bob.save)()
    await writes(here, bob)
    carol.pk += 1_000_000
    await writes(here, carol)
    assert service.pushes == []
    assert counts.pushes == {}


async def test_without_redis_nobody_is_notified(here, service, bob, monkeypatch):
    async def away(*_):
        raise StateUnavailable

    monkeypatch.setattr(trigger, "_is_too_often", away)
    await writes(here, bob)
    assert service.pushes == []


async def test_an_unavailable_database_notifies_nobody(here, service, bob, monkeypatch):
    def away(*_):
        raise OSError

    monkeypatch.setattr(subscriptions, "load", away)
    await writes(here, bob)
    assert (service.pushes, counts.pushes) == ([], {"failed": 1})


async def test_the_sender_is_answered_before_anything_is_looked_up(here, service, bob, monkeypatch):
    let_go, looks = threading.Event(), []

    def look(*people):
        looks.append(people)
        let_go.wait(10)
        return []

    monkeypatch.setattr(subscriptions, "load", look)
    monkeypatch.setattr(trigger, "ANSWER_SECONDS", 0)
    await here.says("hello", to=bob)
    await here.sees(AWAY)
    await here.says("and hello again", to=bob)
    await here.sees(AWAY, 2)
    let_go.set()
    await work_is_done()
    assert looks == [(here.user.pk, bob.pk)]


async def test_the_sender_reads_the_same_whether_or_not_somebody_is_notified(
    service, open_window, alice, bob, carol
):
    """Bob is notified, then no longer; Carol has not asked for it."""
    here = await open_window(alice, bob, carol)
    await subscribes(bob)
    await here.settles()
    answers = []
    for person in (bob, bob, carol, carol):
        before = len(here.seen)
        await writes(here, person)
        await here.settles()
        answers.append(anonymous(here.seen[before:], person))
    assert len(service.pushes) == 1
    assert len(set(answers)) == 1


def anonymous(frames, person):
    """Return frames without what differs between any two messages."""
    frames = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", frames)
    frames = re.sub(r'(name="cursor" value|data-proof|datetime)="[^"]*"', "", frames)
    frames = re.sub(rf"(?<=[-/\"]){person.pk}(?=[-/\"])", "PEER", frames)
    return re.sub(r">\d\d?:\d\d[^<]*<", "", frames).replace(person.username, "PEER")
