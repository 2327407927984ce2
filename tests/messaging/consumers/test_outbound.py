"""Outbound frames are joined, and unconfirmed data is limited."""

import asyncio
import re

import pytest

from messaging.backends import mailbox
from messaging.consumers import flow_control
from messaging.consumers.client_state import ClientState
from messaging.consumers.flow_control import FRAME
from messaging.consumers.inbound import InboundHandler
from messaging.consumers.outbound import OutboundQueue
from messaging.domain.sizes import MAX_ENTRY, MAX_FRAME_OUT
from messaging.rendering.htmx import HtmxRenderer
from tests.messaging.backends.domain import ALICE, BOB, message, submits
from tests.support.backends import own_presence


class Wire:
    """A socket that accepts frames unless it is stuck, and records a failure of the queue."""

    def __init__(self):
        self.frames, self.failures = [], []
        self.flows = asyncio.Event()
        self.flows.set()
        self.is_stuck = False

    async def send(self, event):
        self.is_stuck = not self.flows.is_set()
        await self.flows.wait()
        self.is_stuck = False
        self.frames.append(event["text"])

    def texts(self):
        return re.findall(r"\[(\w+)\]", "".join(self.frames))


@pytest.fixture(autouse=True)
def plainly_drawn(monkeypatch):
    monkeypatch.setattr(HtmxRenderer, "mail", lambda _, draft, __: draft.event.name)


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
async def outbound(wire):
    """Return the queue of Bob's page, which has just said hello."""
    page = ClientState(BOB)
    arrival = await mailbox.attach(BOB.id, "window", "")
    page.window, page.panes = "window", {ALICE.id}
    made = OutboundQueue(page, wire.send, wire.failures.append, HtmxRenderer())
    made.mail.epoch, made.mail.number = arrival.epoch, arrival.number
    yield made
    made.stop()


@pytest.fixture
def page(outbound):
    return outbound.page


@pytest.fixture
def turn(outbound, wire):
    """Return an async function that lets the queue write until it is empty or stuck."""

    async def turn():
        for _ in range(5):
            await asyncio.sleep(0)
        async with asyncio.timeout(5):
            while outbound.writer and (wire.flows.is_set() or not wire.is_stuck):  # noqa: ASYNC110 - as soon as it is
                await asyncio.sleep(0)

    return turn


async def says(text, length=0, sender=ALICE):
    said = message(f"[{text}]" + "." * length, sender=sender)
    await submits(mailbox, said)


def cursors(wire):
    return re.findall(r'name="cursor" value="([^"]+)"', "".join(wire.frames))


def confirms(outbound, wire, frame=-1):
    outbound.confirmed(cursors(wire)[frame])


async def test_fragments_that_wait_for_the_socket_are_joined_into_one_frame(outbound, wire, turn):
    wire.flows.clear()
    outbound.add("[first]")
    await turn()
    for text in ["one", "two"]:
        await says(text)
        outbound.mail_waiting()
    outbound.add("[three]")
    outbound.add("[four]")
    await turn()
    wire.flows.set()
    await turn()
    assert wire.texts() == ["first", "three", "four", "one", "two"]
    assert len(wire.frames) == 2


async def test_a_page_that_resumes_with_another_mailbox_is_sent_its_entries(
    outbound, wire, turn, monkeypatch
):
    after, asked = mailbox.fetch, []

    async def moves_on(person_id, number, epoch):
        asked.append(epoch)
        found = await after(person_id, number, outbound.mail.epoch)
        outbound.mail.epoch = "another"
        return found

    await says("one")
    before = outbound.mail.epoch
    monkeypatch.setattr(mailbox, "fetch", moves_on)
    outbound.mail_waiting()
    await turn()
    assert asked == [before, "another"]
    assert wire.texts() == []


async def test_the_effects_of_a_frame_are_sent_with_its_answer(outbound, wire, turn):
    outbound.is_held = True
    await says("one")
    outbound.mail_waiting()
    outbound.add("[two]")
    await turn()
    assert wire.frames == []
    await outbound.flush()
    assert wire.texts() == ["two", "one"]
    assert len(wire.frames) == 1


async def test_a_page_that_confirms_nothing_is_sent_no_more_than_its_credit(
    outbound, wire, monkeypatch, turn
):
    monkeypatch.setattr(flow_control, "CREDIT", 1_000)
    for number in range(5):
        await says(f"m{number}", 600)
        outbound.mail_waiting()
        await turn()
    assert wire.texts() == ["m0", "m1"]
    confirms(outbound, wire)
    await turn()
    assert wire.texts() == ["m0", "m1", "m2", "m3", "m4"]


async def test_a_confirmation_restores_the_credit_of_what_was_sent_before_it(outbound, wire, turn):
    for text in ["one", "two", "three"]:
        await says(text)
        outbound.mail_waiting()
        await turn()
    confirms(outbound, wire, 1)
    assert 0 < outbound.flow.total - outbound.flow.acknowledged < outbound.flow.acknowledged
    confirms(outbound, wire, 2)
    assert outbound.flow.total == outbound.flow.acknowledged
    assert not outbound.flow.under_way


async def test_unsent_bytes_cannot_be_confirmed(outbound, wire, turn):
    """Otherwise, a client could make the server write without limit to an unread socket."""
    for text in ["one", "two"]:
        await says(text)
        outbound.mail_waiting()
        await turn()
    first, second = cursors(wire)
    epoch, number, receipt = second.split(".")
    for made_up in [
        "",
        f"{epoch}.{number}",
        f"{epoch}.{number}.",
        f"{epoch}.{number}.{'0' * len(receipt)}",
        "....",
        receipt[:-1],
    ]:
        outbound.confirmed(made_up)
    assert outbound.flow.acknowledged == 0
    outbound.confirmed(first)
    paid = outbound.flow.acknowledged
    outbound.confirmed(first)  # a repeated confirmation adds no credit
    assert 0 < paid == outbound.flow.acknowledged < outbound.flow.total


async def test_dropped_fragments_are_replaced_by_an_overview_once_there_is_room(
    outbound, wire, monkeypatch, turn
):
    monkeypatch.setattr(flow_control, "CREDIT", 100)
    monkeypatch.setattr(flow_control, "UNCONFIRMED_LIMIT", 100)
    outbound.add("[first]" + "." * 100)
    await turn()
    outbound.add("[lost]")
    await turn()
    outbound.is_held = True  # as during the handling of a confirmation
    confirms(outbound, wire)
    await outbound.flush()
    assert wire.texts() == ["first"]
    assert "/people/" in wire.frames[-1] or "roster" in wire.frames[-1]
    assert len(wire.frames) == 2
    assert not outbound.has_missed


async def test_fragments_that_wait_for_a_stuck_socket_are_limited(outbound, wire, turn):
    wire.flows.clear()
    outbound.add("[first]")
    await turn()
    for _ in range(1_000):
        outbound.add("x" * 1_000)
    assert sum(map(len, outbound.fragments)) <= FRAME + 1_000
    wire.flows.set()
    await turn()
    assert outbound.waiting == 0
    assert max(map(len, wire.frames)) <= MAX_FRAME_OUT


async def test_fragments_come_before_mailbox_entries_and_all_of_them_arrive(outbound, wire, turn):
    wire.flows.clear()
    outbound.add("[first]")
    await turn()
    for number in range(3):
        outbound.add(f"[f{number}]" + "x" * MAX_ENTRY)
        await says(f"m{number}", MAX_ENTRY - 10)
    outbound.mail_waiting()
    wire.flows.set()
    await turn()
    assert wire.texts() == ["first", "f0", "f1", "f2", "m0", "m1", "m2"]
    assert outbound.waiting == 0
    assert max(map(len, wire.frames)) <= MAX_FRAME_OUT


async def test_a_fragment_that_fits_into_no_frame_is_replaced_by_an_overview(outbound, wire, turn):
    outbound.add("[crowd]" + "x" * FRAME)
    outbound.mail_waiting()
    await turn()
    assert wire.texts() == []
    assert "/people/" in wire.frames[-1]


async def test_a_heartbeat_without_credit_is_not_a_loss(outbound, monkeypatch, turn):
    monkeypatch.setattr(flow_control, "CREDIT", 100)
    outbound.answer("." * 101)
    await turn()
    outbound.beat()
    assert not outbound.has_missed


async def test_an_answer_without_room_makes_the_page_reconnect(outbound, wire, monkeypatch, turn):
    monkeypatch.setattr(flow_control, "CREDIT", 100)
    outbound.answer("[refused]" + "." * 100)
    await turn()
    assert wire.failures == []
    outbound.answer("[refused too]")
    assert wire.failures == [None]


async def test_entries_beyond_a_frame_arrive_in_the_next_one(outbound, wire, turn):
    for number in range(8):
        await says(f"m{number}", 59_000)
    outbound.mail_waiting()
    await turn()
    assert wire.texts() == [f"m{number}" for number in range(8)]
    assert len(wire.frames) > 2
    assert max(map(len, wire.frames)) <= MAX_FRAME_OUT


async def test_an_entry_larger_than_a_frame_still_arrives(outbound, wire, monkeypatch, turn):
    monkeypatch.setattr("messaging.consumers.mailbox_reader.FRAME_FULL", 100)
    for text in ["one", "two"]:
        await says(text, 200)
    outbound.mail_waiting()
    await turn()
    assert wire.texts() == ["one", "two"]
    assert len(wire.frames) == 2


async def test_no_frame_is_too_large_for_the_websocket_library(outbound, wire, turn):
    """Use characters of four bytes, from so many people that their panes need most of the space."""
    from messaging.domain.conversations import Person

    for number in range(300):
        await says(f"m{number}", 0, sender=Person(1_000 + number, f"person{number}"))
    for number in range(300, 310):
        said = message(
            f"[m{number}]" + "\N{GRINNING FACE}" * 20_000, sender=Person(1_000 + number, "somebody")
        )
        await submits(mailbox, said)
    outbound.mail_waiting()
    for _ in range(20):
        await turn()
        confirms(outbound, wire)
    assert wire.texts() == [f"m{number}" for number in range(310)]
    assert max(len(frame.encode()) for frame in wire.frames) <= MAX_FRAME_OUT


async def test_credit_counts_bytes_not_characters(outbound, turn):
    outbound.add("\N{GRINNING FACE}" * 100)
    await turn()
    assert outbound.flow.total == 400


async def test_a_page_that_confirms_nothing_for_too_long_is_disconnected(
    outbound, wire, monkeypatch
):
    monkeypatch.setattr(flow_control, "CONFIRMATION_TIMEOUT", 0.02)
    monkeypatch.setattr(flow_control, "UNCONFIRMED_LIMIT", 1_000)
    outbound.add("x" * 1_001)
    await asyncio.sleep(0.1)
    assert wire.failures == [None]


async def test_a_page_that_keeps_confirming_stays_connected(outbound, wire, monkeypatch):
    monkeypatch.setattr(flow_control, "CONFIRMATION_TIMEOUT", 0.2)
    monkeypatch.setattr(flow_control, "UNCONFIRMED_LIMIT", 1_000)
    for number in range(10):
        await says(f"m{number}", 2_000)
        outbound.mail_waiting()
        await asyncio.sleep(0.05)
        confirms(outbound, wire, max(-2, -len(cursors(wire))))
    assert wire.failures == []
    assert outbound.flow.watch


async def test_a_page_that_receives_much_without_a_cursor_is_asked_to_confirm(
    outbound, wire, monkeypatch
):
    """Otherwise, thousands of arrivals would make every page look as if it had stopped reading."""
    monkeypatch.setattr(flow_control, "CONFIRMATION_TIMEOUT", 0.05)
    for _ in range(40):
        outbound.add("x" * 10_000)
        await asyncio.sleep(0.005)
        if 'name="cursor"' in wire.frames[-1]:
            confirms(outbound, wire)
    assert wire.failures == []
    assert 5 < sum('name="cursor"' in frame for frame in wire.frames) < 20
    assert outbound.flow.total - outbound.flow.acknowledged <= flow_control.UNCONFIRMED_LIMIT


async def test_a_page_with_little_unconfirmed_can_take_its_time(outbound, wire, monkeypatch):
    monkeypatch.setattr(flow_control, "CONFIRMATION_TIMEOUT", 0.01)
    outbound.add("little")
    await asyncio.sleep(0.05)
    assert wire.failures == []
    assert outbound.flow.watch is None


async def test_a_socket_that_cannot_be_written_to_is_reported_once(outbound, wire, turn):
    async def breaks(event):
        raise ConnectionError("gone")

    outbound.send = breaks
    outbound.add("one")
    await turn()
    assert [type(failure) for failure in wire.failures] == [ConnectionError]
    outbound.stop()
    outbound.add("two")
    outbound.mail_waiting()
    await turn()
    assert len(wire.failures) == 1


async def test_after_a_stop_nothing_is_written_and_no_timer_remains(outbound, wire, turn):
    wire.flows.clear()
    outbound.add("x" * 100_000)
    await turn()
    assert outbound.flow.watch
    outbound.stop()
    wire.flows.set()
    await turn()
    assert wire.frames == []
    assert outbound.flow.watch.cancelled()
    assert not outbound.writer


def test_the_threshold_for_confirmations_is_below_a_frame_and_a_frame_below_the_credit():
    assert flow_control.UNCONFIRMED_LIMIT < FRAME < flow_control.CREDIT


async def test_if_a_window_disconnects_during_a_confirmation_every_page_refreshes_its_roster(
    page, outbound, monkeypatch
):
    is_asked = asyncio.Event()

    async def hangs(*arguments):
        is_asked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(type(mailbox), "confirm", hangs)
    assert not own_presence().needs_resync
    reading = asyncio.create_task(
        InboundHandler(page, outbound).read('{"type": "shown", "cursor": "epoch.1"}')
    )
    await is_asked.wait()
    reading.cancel()
    await asyncio.wait([reading])
    assert reading.cancelled()
    assert own_presence().needs_resync
