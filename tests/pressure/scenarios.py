"""What is done to a server, what must hold then, and the figures that must (requirements C3, C5, C6 and C8)."""

import asyncio
import json
import time

from tests.bench import wire
from tests.pressure.ends import End
from tests.pressure.flooding import Flood, in_pieces, large
from tests.pressure.returning import all_return
from tests.pressure.stalling import stall
from tests.pressure.talk import Peak, Talk

MB = 1_000_000
RETURN = 20  # seconds for all of them
STALL_GROWTH, FLOOD_GROWTH = 10 * MB, 32 * MB
STALL_CUT = 15  # seconds after the reader stopped
CUT = 1.0  # second after a flood began
FRAME = 10_000
TOO_LARGE = {1009, 4429, 4401, 1006}  # told by the server, by us, that they are nobody, or dropped without a word
ANONYMOUS = "nobody-has-this-session"


async def a_return(place, count, record):
    seconds = await all_return(place.host, place.some(count))
    record(f"{place.name}: {count} pages are back after, in s", round(seconds, 2))
    assert seconds <= RETURN


async def a_stall(place, record, *, senders, pause, grace):
    """`grace` is how long somebody who is gone is still shown, in seconds."""
    reader = await End(place.host, place.some(1)[0]).opens(buffer=4_096)
    ends = [await End(place.host, person).opens() for person in place.some(senders)]
    async with Talk(place.host, place.some(8)) as talk, Peak(place.pid) as peak:
        outcome = await stall(place.host, reader, ends, pause=pause)
    record(f"{place.name}: grown by, in MB", round(peak.growth / MB, 1))
    record(f"{place.name}: p95 of the others, in ms", round(talk.p95(), 1))
    record(f"{place.name}: let go after, in s", round(outcome.cut_after - grace, 1))
    record(f"{place.name}: said, shown, refused", (len(outcome.said), len(outcome.shown), len(outcome.refused)))
    for end in [reader, *ends]:
        await end.closes()
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
        async with Talk(place.host, place.some(8)) as talk, Peak(place.pid) as peak:
            flood = Flood(place.host, person[1], frame * 100, seconds=seconds, first=_hello())
            await asyncio.to_thread(_run, flood)
            await asyncio.sleep(0.5)
        record(f"{place.name}, {name}: cut after, in s", round(flood.cut_after, 2))
        record(f"{place.name}, {name}: grown by, in MB", round(peak.growth / MB, 1))
        record(f"{place.name}, {name}: p95 of the others, in ms", round(talk.p95(), 1))
        back = await End(place.host, person).opens()
        await back.until(lambda back=back: b"was cut off" in back.words, seconds=5)
        assert not back.code
        await back.closes()
        assert flood.code == 4429
        assert flood.cut_after <= CUT
        assert peak.growth <= FLOOD_GROWTH
        assert talk.p95() <= place.latency


async def large_frames(place, record, size=15 * MB):
    people = iter(place.some(4))
    for name, chunk in {"one frame": large(size), "fragments": in_pieces(size // MB + 2, MB)}.items():
        for who, key, first in [
            ("a page", next(people)[1], _hello()),
            ("before hello", next(people)[1], b""),
            ("nobody", ANONYMOUS, b""),
        ]:
            async with Peak(place.pid) as peak:
                flood = Flood(place.host, key, chunk, seconds=0.01, first=first)
                await asyncio.to_thread(_run, flood)
            record(f"{place.name}, {name}, {who}: code, growth in MB", (flood.code, round(peak.growth / MB, 1)))
            assert flood.code in TOO_LARGE
            assert peak.growth <= FLOOD_GROWTH
    well = await End(place.host, place.some(1)[0]).opens()
    assert not well.code
    await well.closes()


async def a_hang(place, record):
    """The database's thread hangs twice: where somebody is looked up, and where a page opens a pane."""
    newcomer, other = place.some(2)
    opened = await End(place.host, place.some(1)[0]).opens()
    async with Talk(place.host, place.some(8)) as talk:
        place.hang.touch()
        began = time.monotonic()
        end = await End(place.host, newcomer).opens()
        looked_up = time.monotonic() - began
        place.hang.touch()
        opened.says(type="opened", peer=str(other[0]))
        began = time.monotonic()
        id = opened.tells(end, "I had to wait.")
        await end.until(lambda: id in end.shown_at)
        waited = time.monotonic() - began
    record(f"{place.name}: a look-up and a pane hung for, in s", (round(looked_up, 1), round(waited, 1)))
    record(
        f"{place.name}: p95 and the most of the others, in ms", (round(talk.p95(), 1), round(max(talk.latencies), 1))
    )
    for one in (end, opened):
        await one.closes()
    assert looked_up >= 5
    assert waited >= 5
    assert talk.p95() <= place.latency


def _hello() -> bytes:
    return json.dumps({"type": "hello", "window": "flood", "cursor": "", "away": "0", "pane": []}).encode()


def _run(flood: Flood) -> None:
    flood.start()
    flood.join()
