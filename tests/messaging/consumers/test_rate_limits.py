"""Rate limits of each person, across all windows."""

import asyncio
import re

import pytest

from messaging import rate_limits
from messaging.backends.redis.client import RedisClient
from messaging.backends.redis.rate_limit import RedisRateLimit
from messaging.delivery.background import background_task
from messaging.domain.messages import Refused, StateUnavailable
from messaging.domain.rate_limit import Rate, RateLimit
from tests.messaging.backends.domain import ALICE, BOB, message
from tests.messaging.backends.mailboxes import new_client
from tests.support.servers import free_port

HTMX = {"hx-request": "true"}


@pytest.fixture
async def limit(clock, home, request):
    pace = Rate(burst=3, per_second=0.5)
    if home == "memory":
        yield RateLimit(pace, clock)
    else:
        client = new_client(request.getfixturevalue("redis_url"))
        yield RedisRateLimit(pace, clock=clock, name="of a test", client=client)
        await client.close()


async def passed(limit, person, times):
    return sum([not await limit.retry_after(person.id) for _ in range(times)])


# The algorithm


async def test_a_burst_passes_up_to_its_limit(limit):
    assert await passed(limit, ALICE, 10) == 3


async def test_after_a_burst_the_rate_applies(limit, clock):
    await passed(limit, ALICE, 3)
    clock.passes(2)
    assert await passed(limit, ALICE, 10) == 1
    clock.passes(4)
    assert await passed(limit, ALICE, 10) == 2
    clock.passes(1000)
    assert await passed(limit, ALICE, 10) == 3


async def test_refused_attempts_do_not_count(limit, clock):
    await passed(limit, ALICE, 1000)
    clock.passes(2)
    assert await passed(limit, ALICE, 1) == 1


async def test_the_time_to_wait_is_exact(limit, clock):
    await passed(limit, ALICE, 3)
    clock.passes(0.5)
    assert await limit.retry_after(ALICE.id) == pytest.approx(1.5)
    clock.passes(1.5)
    assert await limit.retry_after(ALICE.id) == 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "in 2 seconds"), (0.9, "in 2 seconds"), (1, "in a second"), (1.9, "in a second")],
)
async def test_the_time_to_wait_is_told_in_whole_seconds(limit, clock, seconds, words):
    await passed(limit, ALICE, 3)
    clock.passes(seconds)
    with pytest.raises(Refused, match=f"too fast. Trying again {words}") as refusal:
        await limit.acquire(ALICE.id, said := message())
    assert refusal.value.message == said
    assert refusal.value.seconds == (2 if "2" in words else 1)


async def test_waiting_for_the_announced_seconds_suffices(limit, clock):
    await passed(limit, ALICE, 3)
    clock.passes(0.9)
    with pytest.raises(Refused, match="in 2 seconds"):
        await limit.acquire(ALICE.id)
    clock.passes(1.7)
    assert await limit.retry_after(ALICE.id) > 0
    clock.passes(0.2)
    assert await limit.retry_after(ALICE.id) == 0


async def test_redis_limits_by_its_own_clock(redis_url):
    client = new_client(redis_url)
    limit = RedisRateLimit(Rate(burst=1, per_second=0.5), name="of a test", client=client)
    await limit.acquire(ALICE.id)
    with pytest.raises(Refused, match="in 2 seconds"):
        await limit.acquire(ALICE.id)
    assert 0 < await limit.retry_after(ALICE.id) <= 2
    await client.close()


async def test_without_redis_nothing_limited_passes():
    """Processes do not count on their own, because everything with such a limit needs Redis."""
    client = RedisClient(f"redis://127.0.0.1:{free_port()}/0")
    limit = RedisRateLimit(Rate(burst=3, per_second=0.5), name="of a test", client=client)
    for question in (
        limit.retry_after(ALICE.id),
        limit.acquire(ALICE.id),
        limit.block(ALICE.id, 1),
        limit.remaining(ALICE.id),
    ):
        with pytest.raises(StateUnavailable):
            await question
    await client.close()


async def test_another_person_is_not_limited(limit):
    await passed(limit, ALICE, 10)
    assert await passed(limit, BOB, 10) == 3


async def test_a_person_who_waited_long_enough_is_forgotten(clock):
    limit = RateLimit(Rate(burst=3, per_second=0.5), clock)  # Redis expires its keys by itself
    await passed(limit, ALICE, 3)
    await passed(limit, BOB, 1)
    clock.passes(2)
    limit.sweep()
    assert list(limit.paid_until) == [ALICE.id]
    clock.passes(4)
    limit.sweep()
    assert limit.paid_until == {}


async def test_redis_forgets_a_person_who_waited_long_enough_by_itself(redis_url):
    client = new_client(redis_url)
    limit = RedisRateLimit(Rate(burst=3, per_second=0.5), name="of a test", client=client)
    await passed(limit, ALICE, 10)
    assert 0 < await client.call("PTTL", f"{client.prefix}pace:of a test:{ALICE.id}") <= 10_000
    await client.close()


async def test_two_processes_count_together(redis_url):
    here = new_client(redis_url)
    there = new_client(redis_url, beside=here)
    one, other = (
        RedisRateLimit(Rate(burst=3, per_second=0.5), name="of a test", client=client)
        for client in (here, there)
    )
    counted = await asyncio.gather(*(each.retry_after(ALICE.id) for each in [one, other] * 5))
    assert counted.count(0.0) == 3
    assert await one.remaining(ALICE.id) == pytest.approx(await other.remaining(ALICE.id), abs=0.5)
    await here.close()
    await there.close()


async def test_the_remaining_time_is_reported(limit, clock):
    assert await limit.remaining(ALICE.id) is None
    await passed(limit, ALICE, 2)
    clock.passes(1)
    assert await limit.remaining(ALICE.id) == pytest.approx(3)


async def test_forgetting_grants_no_extra_attempts(limit):
    await passed(limit, ALICE, 3)
    limit.sweep()
    assert await passed(limit, ALICE, 3) == 0


# Limits in use


@pytest.fixture
def slow(monkeypatch, server_clock):
    """Allow three at once, and then one in ten seconds."""
    for each in (rate_limits.messages, rate_limits.typing, rate_limits.searches):
        monkeypatch.setattr(each, "rate", Rate(burst=3, per_second=0.1))
        monkeypatch.setattr(each, "clock", server_clock)


@pytest.mark.memory("Redis expires its keys by itself; a test above looks at that")
async def test_the_background_task_makes_all_limits_forget(slow, server_clock):
    for each in (rate_limits.messages, rate_limits.typing, rate_limits.searches):
        await each.retry_after(ALICE.id)
    server_clock.passes(10)
    await background_task._run_once()
    assert (
        rate_limits.messages.paid_until
        == rate_limits.typing.paid_until
        == rate_limits.searches.paid_until
        == {}
    )


@pytest.mark.django_db(transaction=True)
async def test_a_message_refused_by_the_rate_limit_can_be_sent_again_later(
    alice, bob, slow, server_clock, open_window
):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    for text in ["one", "two", "three"]:
        await here.says(text, to=bob)
    id = await here.says("four", to=bob)
    await here.sees("You’re sending too fast. Trying again in 10 seconds.")
    assert re.search(
        rf'<span hx-swap-oob="innerHTML:#outcome-{id},[^>]*>\s*<span\s[^>]*data-seconds="10"',
        here.seen,
    )
    server_clock.passes(10)
    await here.says("four", to=bob, id=id)
    await there.sees("four")
    await there.settles()
    assert there.texts() == ["one", "two", "three", "four"]


@pytest.mark.django_db(transaction=True)
async def test_two_windows_of_a_person_share_one_limit(alice, bob, carol, slow, open_window):
    windows = [await open_window(alice, bob), await open_window(alice, bob)]
    there, elsewhere = await open_window(bob, alice), await open_window(carol, bob)
    for number in range(6):
        await windows[number % 2].says(f"alice {number}", to=bob)
    for window in windows:
        await window.settles()
    await elsewhere.says("a word from the third", to=bob)
    await there.sees("a word from the third")
    assert len(there.texts()) == 4
    assert sum(window.seen.count("too fast") for window in windows) == 3


@pytest.mark.django_db(transaction=True)
async def test_typing_beyond_the_limit_is_dropped_silently(alice, bob, slow, open_window):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    for _ in range(10):
        await here.send(type="typing", conversation=str(bob.pk))
    assert (await there.settles()).count("is typing") == 3
    assert "too fast" not in await here.settles()


@pytest.mark.django_db(transaction=True)
async def test_unsending_and_clearing_are_limited_too(alice, bob, slow, open_window):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    for _ in range(2):
        await here.send(
            type="unsend", conversation=str(bob.pk), id="00000000-0000-4000-8000-000000000000"
        )
        await here.send(type="clear", conversation=str(bob.pk))
    await here.sees("too fast")
    await here.settles()
    assert here.seen.count("delete:#message-") == 2
    assert (await there.settles()).count("cleared this conversation") == 1


@pytest.mark.django_db
def test_searches_beyond_the_limit_are_answered_with_the_time_to_wait(
    client, alice, bob, slow, server_clock
):
    client.force_login(alice)
    answers = [client.post("/people/", {"q": "bo"}, headers=HTMX) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "too fast" in answers[3].content.decode()
    assert "10 seconds" in answers[3].content.decode()
    client.force_login(bob)
    assert client.post("/people/", {"q": "al"}, headers=HTMX).status_code == 200
    client.force_login(alice)
    server_clock.passes(10)
    assert client.post("/people/", {"q": "bo"}, headers=HTMX).status_code == 200
