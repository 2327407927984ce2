"""The size of a mailbox is limited, and so is the time that entries wait."""

from contextlib import suppress

import pytest

from messaging.domain import mailbox_limits
from messaging.domain.conversations import Conversation, Person
from messaging.domain.events import NOTES_LEFT_OUT, Event
from messaging.domain.messages import Refused
from tests.messaging.backends.domain import (
    ALICE,
    BOB,
    BOTH,
    CAROL,
    CLEAR,
    NO_LIMIT,
    Clock,
    attach_all,
    copies,
    is_reachable,
    message,
    note,
    offered,
    says,
    shows,
    submits,
)
from tests.messaging.backends.mailboxes import box_of, cursor

SENDERS = [Person(10 + number, f"sender {number}") for number in range(5)]
SHARE = 4  # entries of one sender, of 16


@pytest.fixture
async def mailbox(monkeypatch, new_mailbox):
    monkeypatch.setattr(mailbox_limits, "MAX_ENTRIES", 16)
    monkeypatch.setattr(mailbox_limits, "MAX_BYTES", 800)
    return await new_mailbox(Clock())


async def fill(mailbox, *senders, text="hello"):
    """Send Bob as much as each sender may."""
    for sender in senders:
        for _ in range(SHARE):
            await says(mailbox, text, sender=sender)


async def test_a_sender_can_fill_a_quarter_of_a_mailbox_and_only_that_sender_is_refused(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    await fill(mailbox, ALICE)
    late = message()
    with pytest.raises(Refused, match="Too many of your messages are still waiting") as refusal:
        await submits(mailbox, late)
    assert refusal.value.message == late
    assert (await submits(mailbox, message(sender=CAROL))).is_new
    await shows(mailbox, BOB, "window", 1)
    assert (await submits(mailbox, late)).is_new


async def test_the_quarter_limits_bytes_as_well(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    await says(mailbox, "x" * 100)
    with pytest.raises(Refused, match="Too many of your messages"):
        await submits(mailbox, message())
    assert (await submits(mailbox, message(sender=CAROL))).is_new


@pytest.mark.parametrize("text", ["hello", "x" * 25])
async def test_a_mailbox_filled_by_several_senders_accepts_no_more_messages(mailbox, text):
    await mailbox.attach(BOB.id, "window", "")
    *senders, last = SENDERS
    await fill(mailbox, *senders, text=text)
    with pytest.raises(Refused, match="Too many messages are waiting for this person"):
        await submits(mailbox, message(sender=last))
    await mailbox.post([note("a reaction is taken away", BOB, last, by=last)])
    assert (await mailbox.sweep()).messages == []
    assert len(await offered(mailbox, BOB)) == 17


async def test_other_actions_evict_nothing_and_count_in_the_senders_share(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    await says(mailbox, "from a friend", sender=CAROL)
    taken_away = note("taken away", BOB, ALICE, by=ALICE)
    for _ in range(SHARE):
        await mailbox.post([taken_away])
    for doing in (
        mailbox.post([taken_away]),
        mailbox.clear(ALICE.id, BOTH, "1", CLEAR),
        mailbox.retract(ALICE, BOTH, message().id, [taken_away], has_passed=True),
        mailbox.submit(message(), copies(message()), NO_LIMIT),
    ):
        with pytest.raises(Refused, match="Too many of your messages"):
            await doing
    assert await offered(mailbox, BOB) == [
        (1, "from a friend"),
        *((2 + n, "taken away") for n in range(SHARE)),
    ]
    assert (await mailbox.sweep()).messages == []


async def test_unsending_or_clearing_makes_room_for_its_own_entry(mailbox):
    """It also works if the share is full."""
    await mailbox.attach(BOB.id, "window", "")
    await fill(mailbox, ALICE)
    one = await says(mailbox, sender=CAROL)
    both = [
        note("unsaid", BOB, CAROL, by=CAROL),
        note("unsaid", CAROL, BOB),
    ]
    await mailbox.retract(CAROL, Conversation.of(CAROL, BOB), one.id, both)
    await mailbox.clear(ALICE.id, BOTH, "1", CLEAR)
    assert [text for _, text in await offered(mailbox, BOB) if text] == ["unsaid", "cleared"]


async def test_unsending_an_unknown_message_takes_no_space(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    for _ in range(7):
        both = [
            note("unsaid", BOB, ALICE, by=ALICE),
            note("unsaid", ALICE, BOB),
        ]
        invented = message().id
        for _ in range(2):
            with suppress(Refused):  # refused, because her own windows don't show it
                await mailbox.retract(ALICE, BOTH, invented, both)
    box = await box_of(mailbox, BOB.id)
    assert (box.newest, box.entries, box.size) == (0, 0, 0)
    await mailbox.retract(ALICE, BOTH, message().id, both[:1], has_passed=True)
    assert (await box_of(mailbox, BOB.id)).entries == 1


async def test_a_repeated_message_gets_the_same_answer_even_if_the_mailbox_is_full(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    sent = [await says(mailbox) for _ in range(SHARE)]
    assert (await submits(mailbox, sent[0])).posted_at == sent[0].posted_at


async def test_a_stalled_window_does_not_stop_another_one_and_learns_of_its_gap(
    mailbox,
):
    await mailbox.attach(BOB.id, "reads", "")
    await mailbox.attach(BOB.id, "stalls", "")
    await mailbox.attach(ALICE.id, "hers", "")
    for number in range(1, 21):
        sent = await says(mailbox, str(number))
        assert (await shows(mailbox, BOB, "reads", number)).messages == [sent]
        await shows(mailbox, ALICE, "hers", number)
    assert await offered(mailbox, BOB) == [(number, str(number)) for number in range(17, 21)]
    assert (await mailbox.fetch(BOB.id, 0))[0] == 16
    assert (await mailbox.attach(BOB.id, "stalls", await cursor(mailbox, BOB.id, 0))).has_gap


async def test_entries_about_own_messages_are_limited_and_evict_no_message(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    await says(mailbox, "from a friend")
    for _ in range(1000):
        await mailbox.post([note("delivered", BOB, ALICE)])
    entries = (await mailbox.fetch(BOB.id, 0))[1]
    expected = ["from a friend", *["delivered"] * 8]
    assert [entry.draft.event for entry in entries] == [*map(Event, expected), NOTES_LEFT_OUT]
    assert (await mailbox.sweep()).messages == []
    for number in (9, 10):
        await shows(mailbox, BOB, "window", number)
    await mailbox.post([note("delivered", BOB, ALICE)])
    assert await offered(mailbox, BOB) == [(11, "delivered")]


async def test_a_sender_whose_windows_show_nothing_is_refused(mailbox):
    await attach_all(mailbox, *SENDERS)
    for sender in SENDERS[:2]:
        for _ in range(SHARE):
            await says(mailbox, sender=ALICE, recipient=sender)
    with pytest.raises(Refused, match="Your other windows are still catching up"):
        await submits(mailbox, message(recipient=SENDERS[2]))


async def test_the_size_of_a_mailbox_stays_exact(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    sent = await says(mailbox, "x" * 30)
    await says(mailbox, "y" * 20)
    await mailbox.retract(ALICE, BOTH, sent.id)
    assert (await box_of(mailbox, BOB.id)).size == 40
    await shows(mailbox, BOB, "window", 2)
    assert (await box_of(mailbox, BOB.id)).size == 0


async def test_closed_windows_make_room_for_others(mailbox):
    await mailbox.attach(BOB.id, "stays", "")
    for number in range(3 * mailbox_limits.MAX_WINDOWS):
        await mailbox.attach(BOB.id, f"window {number}", "")
        await mailbox.detach(BOB.id, f"window {number}")
    assert (await mailbox.usage(BOB.id)).windows <= mailbox_limits.MAX_WINDOWS
    assert await is_reachable(mailbox, BOB)


async def test_repeated_clearings_leave_one_to_count(mailbox):
    await mailbox.attach(BOB.id, "never shows anything", "")
    for number in range(8):
        drafts = [note("cleared", ALICE, BOB), note("cleared", BOB, ALICE)]
        await mailbox.clear(ALICE.id, BOTH, str(number), drafts)
    assert (await mailbox.usage(BOB.id)).clearings == 1


async def test_actions_are_not_stored_for_a_person_without_a_window(mailbox):
    """Otherwise, the response time would reveal how much is stored."""
    unsaid = [
        note("unsaid", BOB, ALICE, by=ALICE),
        note("unsaid", ALICE, BOB),
    ]
    await mailbox.attach(ALICE.id, "window", "")
    for has_window in (False, True):
        if has_window:
            await mailbox.attach(BOB.id, "window", "")
        await mailbox.retract(ALICE, BOTH, message().id, unsaid, has_passed=True)
        await mailbox.post([note("taken away", BOB, ALICE, by=ALICE)])
        await mailbox.clear(ALICE.id, BOTH, "1", CLEAR)
        found = ["unsaid", "taken away", "cleared"] if has_window else []
        assert [text for _, text in await offered(mailbox, BOB)] == found
    assert [text for _, text in await offered(mailbox, ALICE)] == ["unsaid", "cleared"] * 2
