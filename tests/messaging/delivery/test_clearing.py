"""Unsending and clearing remove waiting messages at once and report their progress."""

import cProfile

import pytest

from messaging.domain.conversations import Conversation
from messaging.domain.messages import Refused
from tests.messaging.backends.domain import (
    ALICE,
    BOB,
    BOTH,
    CAROL,
    CLEAR,
    SECONDS,
    offered,
    says,
    shows,
    submits,
)
from tests.messaging.backends.mailboxes import cursor


@pytest.fixture
async def mailbox(clock, new_mailbox):
    """Return a mailbox in which Alice has one window and Bob has two."""
    made = await new_mailbox(clock)
    for person, window in [(ALICE, "hers"), (BOB, "his"), (BOB, "his phone")]:
        await made.attach(person.id, window, "")
    return made


async def counts(mailbox, clearing):
    progress = await mailbox.progress(clearing)
    return progress.cleared, progress.open, progress.away, progress.gone


async def test_an_unsent_message_leaves_memory_at_once_and_keeps_its_number(mailbox):
    oops = await says(mailbox, "oops")
    fine = await says(mailbox, "fine")
    await mailbox.retract(ALICE, BOTH, oops.id)
    assert await offered(mailbox, BOB) == await offered(mailbox, ALICE) == [(1, ""), (2, "fine")]
    assert "oops" not in repr([await mailbox.fetch(person.id, 0) for person in (ALICE, BOB)])
    assert (await shows(mailbox, BOB, "his", 2)).messages == [fine]


async def test_an_unsent_message_is_not_reported_as_undelivered(mailbox, clock):
    oops = await says(mailbox, "oops")
    await mailbox.retract(ALICE, BOTH, oops.id)
    clock.passes(SECONDS)
    assert (await mailbox.sweep()).messages == []


async def test_a_page_that_missed_the_unsend_cannot_resend_the_message(mailbox):
    oops = await says(mailbox, "oops")
    await shows(mailbox, ALICE, "hers", 1)
    await mailbox.retract(ALICE, BOTH, oops.id)
    with pytest.raises(Refused, match="It was unsent"):
        await submits(mailbox, oops)


async def test_another_user_with_the_same_message_id_unsends_nothing(mailbox):
    sent = await says(mailbox, "mine")
    await mailbox.retract(CAROL, Conversation.of(CAROL, BOB), sent.id)
    assert await offered(mailbox, BOB) == [(1, "mine")]


async def test_clearing_removes_the_texts_of_this_conversation_from_both_mailboxes(mailbox):
    await says(mailbox, "burn this")
    await says(mailbox, "and this", sender=BOB, recipient=ALICE)
    await says(mailbox, "keep this", sender=CAROL)
    await mailbox.clear(ALICE.id, BOTH, "1", CLEAR)
    assert [text for _, text in await offered(mailbox, BOB)] == ["", "", "keep this", "cleared"]
    assert [text for _, text in await offered(mailbox, ALICE)] == ["", "", "cleared"]


async def test_a_cleared_message_cannot_be_resent_and_later_ones_can(mailbox):
    await mailbox.attach(CAROL.id, "window", "")
    burnt = await says(mailbox, "burn this")
    kept = await says(mailbox, "keep this", recipient=CAROL)
    await mailbox.clear(ALICE.id, BOTH, "1", CLEAR)
    with pytest.raises(Refused, match="cleared"):
        await submits(mailbox, burnt)
    assert (await submits(mailbox, kept)).posted_at == kept.posted_at
    await says(mailbox, "a new beginning")


async def test_as_many_texts_as_can_wait_are_cleared_at_once(mailbox):
    for sender, recipient in [(ALICE, BOB), (BOB, ALICE)] * 1_250:
        await says(mailbox, sender=sender, recipient=recipient)
    with cProfile.Profile() as profile:
        await mailbox.clear(ALICE.id, BOTH, "1", CLEAR)
    calls = sum(each.callcount for each in profile.getstats())
    assert calls < 50 * 2_500


async def test_only_windows_that_confirm_it_count_as_cleared(mailbox):
    clearing = await mailbox.clear(ALICE.id, BOTH, "1", CLEAR)
    assert await counts(mailbox, clearing) == (0, 3, 0, 0)
    assert [told.id for told in (await shows(mailbox, ALICE, "hers", 1)).clearings] == [clearing.id]
    await mailbox.detach(BOB.id, "his phone")
    assert await counts(mailbox, clearing) == (1, 1, 1, 0)
    await shows(mailbox, BOB, "his", 1)
    await mailbox.attach(BOB.id, "his phone", await cursor(mailbox, BOB.id, 0))
    assert await counts(mailbox, clearing) == (2, 1, 0, 0)
    await shows(mailbox, BOB, "his phone", 1)
    assert await counts(mailbox, clearing) == (3, 0, 0, 0)


async def test_a_window_opened_later_has_nothing_to_clear(mailbox):
    clearing = await mailbox.clear(ALICE.id, BOTH, "1", CLEAR)
    await mailbox.attach(BOB.id, "late", "")
    await shows(mailbox, BOB, "late", 1)
    assert await counts(mailbox, clearing) == (0, 3, 0, 0)


async def test_a_window_that_does_not_return_counts_as_gone_not_cleared(mailbox, clock):
    clearing = await mailbox.clear(ALICE.id, BOTH, "1", CLEAR)
    await shows(mailbox, ALICE, "hers", 1)
    await shows(mailbox, BOB, "his", 1)
    await mailbox.detach(BOB.id, "his phone")
    clock.passes(SECONDS)
    [settled] = (await mailbox.sweep()).clearings
    assert settled.id == clearing.id
    assert await counts(mailbox, settled) == (2, 0, 0, 1)


async def test_a_window_that_returns_too_late_does_not_count_as_cleared(mailbox, clock):
    # The connection is half-open, so the server keeps the window longer than the entry that would
    # have cleared it.
    await mailbox.clear(ALICE.id, BOTH, "1", CLEAR)
    await shows(mailbox, ALICE, "hers", 1)
    await shows(mailbox, BOB, "his", 1)
    clock.passes(SECONDS / 2)
    await mailbox.detach(BOB.id, "his phone")
    clock.passes(SECONDS / 2)
    [settled] = (await mailbox.sweep()).clearings  # a window that returns now has missed it
    await says(mailbox, "later")
    assert (await mailbox.attach(BOB.id, "his phone", await cursor(mailbox, BOB.id, 0))).has_gap
    await shows(mailbox, BOB, "his phone", 2)
    assert await counts(mailbox, settled) == (2, 0, 0, 1)


async def test_a_window_lost_after_clearing_stays_cleared(mailbox, clock):
    await mailbox.clear(ALICE.id, BOTH, "1", CLEAR)
    for person, window in [(ALICE, "hers"), (BOB, "his"), (BOB, "his phone")]:
        await shows(mailbox, person, window, 1)
        await mailbox.detach(person.id, window)
    clock.passes(SECONDS)
    [settled] = (await mailbox.sweep()).clearings
    assert await counts(mailbox, settled) == (3, 0, 0, 0)


async def test_a_clearing_is_completed_once_and_then_forgotten(mailbox):
    clearing = await mailbox.clear(ALICE.id, BOTH, "1", CLEAR)
    for person, window in [(ALICE, "hers"), (BOB, "his"), (BOB, "his phone")]:
        assert (await mailbox.sweep()).clearings == []
        await shows(mailbox, person, window, 1)
    assert [settled.id for settled in (await mailbox.sweep()).clearings] == [clearing.id]
    assert (await mailbox.sweep()).clearings == []
    assert (await mailbox.usage(ALICE.id)).clearings == 0
