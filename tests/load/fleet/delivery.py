"""Faults of delivery at any size, for the quick and the long tests."""

import asyncio
import time
from collections.abc import Callable

from messaging.consumers.close_codes import RESTARTING
from tests.load.fleet.fleet import Fleet
from tests.load.fleet.page import Page, every
from tests.load.fleet.rolling import restart_in_turn
from tests.load.fleet.talk import Talk, gather
from tests.support.stores import Redis

Record = Callable[[str, object], None]


async def talk_without_a_fault(
    fleet: Fleet, record: Record, people: int, seconds: float
) -> list[float]:
    """Send 20 messages a second. Return the sorted delays in ms."""
    talk = await gather(fleet, people)
    await asyncio.sleep(2)  # until presence was announced
    await talk.goes_on(seconds, per_second=20)
    await talk.is_over()
    talk.is_whole()
    assert all(page.ends == [] and page.gaps == [] for page in talk.pages)
    delays = talk.delays()
    note_delays(record, delays)
    return delays


def note_delays(record: Record, delays: list[float]) -> None:
    for share in (50, 95, 99):
        record(f"p{share}, in ms", round(delays[len(delays) * share // 100], 1))


async def one_order(fleet: Fleet, each: int) -> None:
    """Let two people write as fast as they can, each with a window at every process."""
    pair = fleet.people(2)
    pages = [Page(fleet, one, other) for one, other in (pair, pair[::-1]) for _ in fleet.workers]
    await asyncio.gather(
        *[page.opens(place % len(fleet.workers)) for place, page in enumerate(pages)]
    )
    one, other = pages[0], pages[len(fleet.workers) + 1]
    for number in range(each):
        one.writes(f"one {number}", to=one.peers[0])
        other.writes(f"other {number}", to=other.peers[0])
    await every(pages, lambda page: len(page.shown) >= 2 * each)
    for page in pages:
        assert list(page.shown) == list(one.shown)
    assert one.heard_of(pair[0]) == [f"one {number}" for number in range(each)]
    assert one.heard_of(pair[1]) == [f"other {number}" for number in range(each)]


async def process_is_killed(
    fleet: Fleet, record: Record, people: int, per_second: float, seconds: tuple[float, float]
) -> None:
    """Kill a process in the middle of a conversation."""
    talk = await gather(fleet, people)
    dead, before, behind = fleet.workers[0], *seconds
    talking = asyncio.create_task(talk.goes_on(before + behind, per_second))
    await asyncio.sleep(before)
    victims = [
        page for page in talk.pages if page.socket and page.socket.remote_address[1] == dead.port
    ]
    dead.dies()
    died_at = time.monotonic()
    assert len(victims) == people // len(fleet.workers)
    try:
        await talking
        await talk.is_over()
    finally:
        dead.start()
    back = sorted(page.returns[1] - died_at for page in victims)
    record("windows of the dead worker", len(victims))
    record("99 % of them back after, in s", round(back[int(0.99 * len(back))], 2))
    assert back[int(0.99 * len(back))] <= 8
    talk.is_whole()


async def processes_are_restarted(
    fleet: Fleet, record: Record, people: int, per_second: float
) -> None:
    """Restart all processes in turn during conversations, as docs/upgrade.md says."""
    talk = await gather(fleet, people)
    talking = asyncio.create_task(talk.goes_on(3600, per_second))
    await asyncio.sleep(1)
    began = time.monotonic()
    await asyncio.to_thread(restart_in_turn, fleet)
    record("all workers restarted after, in s", round(time.monotonic() - began, 1))
    await every(talk.pages, lambda page: len(page.returns) > len(page.ends))
    talking.cancel()
    await talk.is_over()
    away = sorted(
        back - end
        for page in talk.pages
        for (end, _), back in zip(page.ends, page.returns[1:], strict=True)
    )
    record("windows that came back, and the longest away, in s", (len(away), round(away[-1], 2)))
    assert {code for page in talk.pages for _, code in page.ends} == {RESTARTING}
    assert all(page.ends for page in talk.pages)  # no page kept its socket
    assert [page.gaps for page in talk.pages if page.gaps] == []
    talk.is_whole()


async def redis_is_lost(
    fleet: Fleet, store: Redis, record: Record, people: int, away: float
) -> None:
    """Kill Redis during conversations, and start it without data."""
    talk = await gather(fleet, people)
    await talk.goes_on(1, per_second=people)
    await talk.is_over()
    store.stop(9)
    lost_at = time.monotonic()
    for page in talk.pages:
        talk.says(page)
    await every(talk.pages, lambda page: bool(page.outbox.trying), 5)
    record("all read that it is tried again after, in s", round(time.monotonic() - lost_at, 2))
    assert max(at - said.at for page in talk.pages for said, at in page.outbox.trying[:1]) <= 2
    await asyncio.sleep(away - (time.monotonic() - lost_at))
    store.start()
    back_at = time.monotonic()
    await talk.is_over()
    record("all of it delivered after, in s", round(time.monotonic() - back_at, 2))
    assert time.monotonic() - back_at <= 3
    assert [page.ends for page in talk.pages if page.ends] == []
    assert [page.gaps for page in talk.pages if page.gaps != ["The server restarted"]] == []
    await flows(talk)
    talk.is_whole()


async def flows(talk: Talk) -> None:
    """Send a message both ways in each pair."""
    for page in talk.pages:
        talk.says(page)
    await talk.is_over(5)
