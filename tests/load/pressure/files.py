"""Pages that misuse transfers of files, and what must hold."""

import asyncio
import os
import time
from collections.abc import Callable

from websockets.exceptions import ConnectionClosed

from messaging.consumers.close_codes import FAILED, INVALID
from messaging.files.side import STALLED
from messaging.files.transfer import CHUNK, HEADER
from tests.load.pressure.talk import Peak
from tests.support import frame_parser
from tests.support.file_client import FileSocket, OfferingWindow, Recipient
from tests.support.file_pair import Pair

MB = 1_000_000
DATA = os.urandom(5 * MB)
HELD = 1 * MB  # 0.5 MB of the file, and the memory of its sockets
FLOOD_GROWTH = 32 * MB
SOON = 1.0  # second
BEYOND = 10_000  # chunks

Record = Callable[[str, object], None]


async def a_recipient_stops_reading(place, record: Record) -> None:
    """Let a recipient's page neither read nor confirm. Its sender is told of an interruption."""
    pair = await Pair(place, place.some(2), DATA).offers()
    recipient = Recipient(place, pair.page.person)
    await recipient.asks(pair.offer)
    while len(recipient.parts) < 10:
        await recipient.takes()
    recipient.socket.transport.pause_reading()
    began, (sender,) = time.monotonic(), pair.sender.senders
    async with place.talk() as talk, Peak(place.server.pid) as peak:
        await asyncio.wait(pair.sender.tasks, timeout=2 * STALLED)
    closed_after = time.monotonic() - began
    record(f"{place.name}: the sender is told after, in s", round(closed_after, 1))
    record(f"{place.name}: grown by, in MB", round(peak.growth / MB, 2))
    record(f"{place.name}: p95 of the others, in ms", round(talk.p95(), 1))
    await recipient.leaves()
    await pair.closes()
    assert sender.code == FAILED
    assert STALLED - 1 <= closed_after <= STALLED + 3
    assert peak.growth <= HELD
    assert talk.p95() <= place.latency


async def a_recipient_lies(place, record: Record) -> None:
    """Let a recipient's page read nothing more, and guess numbers to confirm what it is sent."""
    pair = await Pair(place, place.some(2), DATA).offers()
    recipient = Recipient(place, pair.page.person)
    await recipient.asks(pair.offer)
    while len(recipient.parts) < 10:
        await recipient.takes()
    recipient.socket.transport.pause_reading()
    (sender,) = pair.sender.senders
    async with Peak(place.server.pid) as peak:
        for number in range(BEYOND):
            if sender.code:
                break
            await recipient.says(type="have", number=number)
            await asyncio.sleep(0.001)
    record(f"{place.name}: guesses", number)
    record(f"{place.name}: grown by, in MB", round(peak.growth / MB, 2))
    await recipient.leaves()
    await pair.closes()
    assert sender.code == FAILED
    assert sender.have <= len(recipient.parts)
    assert peak.growth <= HELD


async def a_sender_ignores_its_credit(place, record: Record) -> None:
    """Send ten thousand chunks regardless of credit."""
    pair = await Pair(place, place.some(2), DATA).offers()
    pair.sender.files.clear()  # so that it doesn't send the file itself
    recipient = Recipient(place, pair.page.person)
    await recipient.asks(pair.offer)
    await pair.sender.until(lambda: bool(pair.sender.wanted))
    flood = FileSocket(place, pair.sender.person)
    async with place.talk() as talk, Peak(place.server.pid) as peak:
        await flood.opens(type="send", token=pair.sender.wanted[-1][1])
        assert await flood.hears()
        began = time.monotonic()
        sent = await _flood(flood)
        cut_after = time.monotonic() - began
        await asyncio.sleep(1)
    record(f"{place.name}: cut after, in s", round(cut_after, 2))
    record(f"{place.name}: chunks written", sent)
    record(f"{place.name}: grown by, in MB", round(peak.growth / MB, 1))
    record(f"{place.name}: p95 of the others, in ms", round(talk.p95(), 1))
    await recipient.leaves()
    await pair.closes()
    assert await flood.ends() == INVALID
    assert sent < BEYOND
    assert cut_after <= SOON
    assert peak.growth <= FLOOD_GROWTH
    assert talk.p95() <= place.latency


async def _flood(socket: FileSocket) -> int:
    """Return how many chunks were written until the server closed the socket."""
    for number in range(BEYOND):
        try:
            await socket.socket.send(number.to_bytes(HEADER, "big") + DATA[:CHUNK])
        except ConnectionClosed:
            return number
    return BEYOND


class Answers(OfferingWindow):
    """A window that records the answers to its messages."""

    def __init__(self, *words) -> None:
        super().__init__(*words)
        self.words: dict[str, set[str]] = {}

    def hears(self, frame: str) -> None:
        super().hears(frame)
        for state in frame_parser.states(frame):
            self.words.setdefault(state.id, set()).add(state.words.strip())


async def many_offers(place, record: Record, *, count: int, seconds: float) -> None:
    """Offer very many files. Each offer is delivered, or refused with a reason."""
    alice, bob = place.some(2)
    hers, his = Answers(place, alice, bob), place.window(bob)
    await hers.opens()
    await his.opens()
    keys = []
    async with place.talk() as talk:
        for _ in range(count):
            keys.append(await hers.offers(DATA[:CHUNK], bob))
            await asyncio.sleep(seconds / count)
        ids = [key.partition("-")[2] for key in keys]
        await hers.until(lambda: all(hers.words.get(id) or id in hers.refused for id in ids))
    refused = [id for id in ids if id not in hers.delivered]
    record(f"{place.name}: offers refused", f"{len(refused)} of {count}")
    record(f"{place.name}: with the words", sorted({w for id in refused for w in hers.words[id]}))
    record(f"{place.name}: p95 of the others, in ms", round(talk.p95(), 1))
    for window in (hers, his):
        await window.closes()
    assert len(his.arrived) == count - len(refused) <= 10 + seconds / 6 + 1
    assert all("".join(hers.words[id]) for id in refused)
    assert talk.p95() <= place.latency
