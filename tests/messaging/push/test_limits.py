"""How often somebody is notified, and how much may wait."""

import asyncio
import subprocess
import sys
import threading
import time

import pytest

from messaging import rate_limits
from messaging.delivery.counters import counts
from messaging.push import queue as queues
from messaging.push import trigger
from messaging.push.queue import WorkQueue
from tests.messaging.backends.domain import Clock
from tests.support.fresh_copy import ROOT

ALICE, BOB = 1, 2
MINUTE = 60  # seconds
PUSH_LIMITS = ("push_pauses", "push_repeats", "pushes")


@pytest.fixture
def passing_time(monkeypatch):
    clock = Clock()
    clock.now = time.time()
    for name in PUSH_LIMITS:
        monkeypatch.setattr(getattr(rate_limits, name), "clock", clock)
    return clock


async def times_of(clock, hours, *senders):
    """Return the minutes in which a push is due if these senders write every minute."""
    due: list[int] = []
    for minute in range(hours * 60):
        late = [await trigger._is_too_often(sender, BOB) for sender in senders]
        due += [minute] * late.count(False)
        clock.passes(MINUTE)
    return due


async def test_one_sender_notifies_twice_an_hour_with_ten_minutes_between(passing_time):
    due = await times_of(passing_time, 8, ALICE)
    assert due == [hour * 60 + minute for hour in range(8) for minute in (0, 10)]


async def test_many_senders_notify_six_times_an_hour(passing_time):
    due = await times_of(passing_time, 3, *range(100, 150))
    assert due == [0] * 6 + [60] * 6 + [120] * 6


async def test_no_hour_has_more_than_six_whenever_it_begins(passing_time):
    due: list[int] = []
    for minute in range(0, 240, 7):
        if not await trigger._is_too_often(100 + minute, BOB):
            due.append(minute)
        passing_time.passes(7 * MINUTE)
    assert all(later - earlier >= 60 for earlier, later in zip(due, due[6:], strict=False))
    assert len(due) >= 6 * 3


async def test_one_sender_takes_nothing_from_others(passing_time):
    await times_of(passing_time, 1, ALICE)
    assert not await trigger._is_too_often(ALICE, 3)
    assert not await trigger._is_too_often(3, BOB)


@pytest.fixture
async def work():
    """Return a queue whose threads wait until `let_go` is set."""
    counts.pushes.clear()
    work = WorkQueue()
    work.start()
    let_go, busy = threading.Event(), threading.Barrier(queues.THREADS + 1)

    def wait():
        busy.wait(10)
        let_go.wait(10)

    for _ in range(queues.THREADS):
        work.put(wait)
    await asyncio.to_thread(busy.wait, 10)
    yield work, let_go
    let_go.set()
    await asyncio.to_thread(work.jobs.join)


async def test_what_does_not_fit_into_the_queue_is_dropped_and_counted(work):
    waiting, let_go = work
    done: list[int] = []
    for number in range(queues.MAX_JOBS + 50):
        waiting.put(done.append, number)
    let_go.set()
    await asyncio.to_thread(waiting.jobs.join)
    assert sorted(done) == [*range(queues.MAX_JOBS)]
    assert counts.pushes == {"dropped": 50}


async def test_what_has_waited_for_too_long_is_dropped_and_counted(work, monkeypatch):
    waiting, let_go = work
    done: list[str] = []
    waiting.put(done.append, "old")
    later = time.monotonic() + queues.MAX_AGE + 1
    monkeypatch.setattr("messaging.push.queue.time.monotonic", lambda: later)
    waiting.put(done.append, "new")
    let_go.set()
    await asyncio.to_thread(waiting.jobs.join)
    assert done == ["new"]
    assert counts.pushes == {"dropped": 1}


BUSY = """
import asyncio, time
from messaging.push.queue import WorkQueue

async def begin():
    work = WorkQueue()
    work.start()
    for _ in range(100):
        work.put(time.sleep, 60)

asyncio.run(begin())
"""


def test_the_end_of_the_process_waits_for_no_push():
    command = [sys.executable, "-c", BUSY]
    assert subprocess.run(command, cwd=ROOT, check=False, timeout=30).returncode == 0
