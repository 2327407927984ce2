"""Attacks on a server, and what must hold (requirements C3, C5, C6 and C8)."""

import asyncio
import json
import time

from messaging.rendering.page_version import PAGE_VERSION
from tests.load.bench import wire
from tests.load.pressure.flooding import Flood, in_pieces, large
from tests.load.pressure.reconnecting import all_return
from tests.load.pressure.stalling import stall
from tests.load.pressure.talk import Peak

MB = 1_000_000
RETURN = 20  # seconds until all pages are back
STALL_GROWTH, FLOOD_GROWTH = 10 * MB, 32 * MB
STALL_CUT = 15  # seconds after the reader stopped
CUT = 1.0  # second after a flood began
FRAME = 10_000
TOO_LARGE = {
    1009,
    4429,
    4401,
    1006,
}  # refused by the server, by Sotto, as anonymous, or without a close frame
ANONYMOUS = "nobody-has-this-session"


async def a_return(place, count, record):
    seconds = await all_return([place.window(person) for person in place.some(count)])
    record(f"{place.name}: {count} pages are back after, in s", round(seconds, 2))
    assert seconds <= RETURN


async def a_stall(place, record, *, senders, pause, grace):
    """Let a client stop reading. `grace` is the grace period of presence in seconds."""
    reader = place.window(place.some(1)[0])
    await reader.connects(buffer=4_096)
    await reader.arrives()
    windows = [await place.window(person).opens() for person in place.some(senders)]
    async with place.talk() as talk, Peak(place.server.pid) as peak:
        outcome = await stall(reader, place.window(reader.person), windows, pause=pause)
    record(f"{place.name}: grown by, in MB", round(peak.growth / MB, 1))
    record(f"{place.name}: p95 of the others, in ms", round(talk.p95(), 1))
    record(f"{place.name}: let go after, in s", round(outcome.cut_after - grace, 1))
    record(
        f"{place.name}: said, shown, refused",
        (len(outcome.said), len(outcome.shown), len(outcome.refused)),
    )
    for window in [reader, *windows]:
        await window.is_cut()
    assert sorted(outcome.shown + outcome.refused) == sorted(outcome.said)
    assert sorted(outcome.delivered) == sorted(outcome.shown)
    assert outcome.refused
    assert peak.growth <= STALL_GROWTH
    assert outcome.cut_after - grace <= STALL_CUT
    assert talk.p95() <= place.latency


async def a_flood(place, *, seconds, record):
    for name, kind in {"text": wire.TEXT, "binary": 2}.items():
        person = place.some(1)[0]
        frame = wire.frame(b"x" * FRAME, kind)
        async with place.talk() as talk, Peak(place.server.pid) as peak:
            flood = Flood(
                place.server.host, person.key, frame * 100, seconds=seconds, first=_hello()
            )
            await asyncio.to_thread(_run, flood)
            await asyncio.sleep(0.5)
        record(f"{place.name}, {name}: cut after, in s", round(flood.cut_after, 2))
        record(f"{place.name}, {name}: grown by, in MB", round(peak.growth / MB, 1))
        record(f"{place.name}, {name}: p95 of the others, in ms", round(talk.p95(), 1))
        back = await place.window(person).opens()
        await back.until(lambda back=back: "was disconnected" in str(back.notices), seconds=5)
        assert back.is_open
        await back.closes()
        assert flood.code == 4429
        assert flood.cut_after <= CUT
        assert peak.growth <= FLOOD_GROWTH
        assert talk.p95() <= place.latency


async def large_frames(place, record, size=15 * MB):
    people = iter(place.some(4))
    for name, chunk in {
        "one frame": large(size),
        "fragments": in_pieces(size // MB + 2, MB),
    }.items():
        for who, key, first in [
            ("a page", next(people).key, _hello()),
            ("before hello", next(people).key, b""),
            ("nobody", ANONYMOUS, b""),
        ]:
            async with Peak(place.server.pid) as peak:
                flood = Flood(place.server.host, key, chunk, seconds=0.01, first=first)
                await asyncio.to_thread(_run, flood)
            record(
                f"{place.name}, {name}, {who}: code, growth in MB",
                (flood.code, round(peak.growth / MB, 1)),
            )
            assert flood.code in TOO_LARGE
            assert peak.growth <= FLOOD_GROWTH
    well = await place.window(place.some(1)[0]).opens()
    assert well.is_open
    await well.closes()


async def a_hang(place, record):
    """Let the database hang twice: during authentication, and while a pane opens."""
    newcomer, other = place.some(2)
    opened = await place.window(place.some(1)[0]).opens()
    async with place.talk() as talk:
        place.hang.touch()
        began = time.monotonic()
        window = await place.window(newcomer).opens()
        looked_up = time.monotonic() - began
        place.hang.touch()
        await opened.send(type="opened", conversation=str(other.id))
        began = time.monotonic()
        id = await opened.says("I had to wait.", to=newcomer)
        await window.until(lambda: id in window.arrived)
        waited = time.monotonic() - began
    record(
        f"{place.name}: a look-up and a pane hung for, in s",
        (round(looked_up, 1), round(waited, 1)),
    )
    record(
        f"{place.name}: p95 and the most of the others, in ms",
        (round(talk.p95(), 1), round(max(talk.latencies), 1)),
    )
    for one in (window, opened):
        await one.closes()
    assert looked_up >= 5
    assert waited >= 5
    assert talk.p95() <= place.latency


def _hello() -> bytes:
    fields = {
        "type": "hello",
        "window": "flood",
        "cursor": "",
        "away": "0",
        "pane": [],
        "version": PAGE_VERSION,
    }
    return json.dumps(fields).encode()


def _run(flood: Flood) -> None:
    flood.start()
    flood.join()
