"""Mailboxes of both backends: order, delivery to every window, and expiry."""

import pytest

from messaging.domain.messages import Refused
from tests.messaging.backends.domain import (
    ALICE,
    BOB,
    BOTH,
    CAROL,
    SECONDS,
    is_reachable,
    message,
    offered,
    says,
    shows,
    submits,
)
from tests.messaging.backends.mailboxes import box_of, cursor, is_empty


@pytest.fixture
async def mailbox(clock, new_mailbox):
    return await new_mailbox(clock)


# Attaching


async def test_entries_are_numbered_from_one_in_order_of_arrival(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    for text in ["one", "two", "three"]:
        await says(mailbox, text)
    assert await offered(mailbox, BOB) == [(1, "one"), (2, "two"), (3, "three")]
    assert await offered(mailbox, BOB, 2) == [(3, "three")]
    assert await offered(mailbox, BOB, 3) == []
    assert await offered(mailbox, CAROL) == []


async def test_a_fresh_page_receives_what_no_window_has_shown(mailbox):
    await mailbox.attach(BOB.id, "first", "")
    for text in ["shown", "not shown"]:
        await says(mailbox, text)
    await shows(mailbox, BOB, "first", 1)
    arrival = await mailbox.attach(BOB.id, "fresh", "")
    assert (arrival.number, arrival.is_new_inbox, arrival.has_gap) == (1, False, False)


async def test_a_window_continues_where_its_page_stopped(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    for text in ["shown", "missed", "missed too"]:
        await says(mailbox, text)
    await shows(mailbox, BOB, "window", 1)
    await mailbox.detach(BOB.id, "window")
    arrival = await mailbox.attach(BOB.id, "window", await cursor(mailbox, BOB.id, 1))
    assert (arrival.number, arrival.is_new_inbox, arrival.has_gap) == (1, False, False)
    assert await offered(mailbox, BOB, arrival.number) == [(2, "missed"), (3, "missed too")]


async def test_a_window_cut_off_before_its_first_cursor_misses_nothing(mailbox):
    await mailbox.attach(BOB.id, "cut", "")
    await mailbox.attach(BOB.id, "other", "")
    await says(mailbox, "shown by the other one")
    await shows(mailbox, BOB, "other", 1)
    await mailbox.detach(BOB.id, "cut")
    arrival = await mailbox.attach(BOB.id, "cut", "")
    assert await offered(mailbox, BOB, arrival.number) == [(1, "shown by the other one")]


async def test_a_forgotten_window_can_still_present_its_cursor(mailbox, clock):
    await mailbox.attach(BOB.id, "stays", "")
    await mailbox.attach(BOB.id, "leaves", "")
    await says(mailbox, "one")
    await shows(mailbox, BOB, "leaves", 1)
    await mailbox.detach(BOB.id, "leaves")
    clock.passes(SECONDS)
    await mailbox.sweep()
    await says(mailbox, "two")
    arrival = await mailbox.attach(BOB.id, "leaves", await cursor(mailbox, BOB.id, 1))
    assert (arrival.number, arrival.has_gap) == (1, False)


@pytest.mark.parametrize("held", ["AAAAAAAA.0", "AAAAAAAA.1", "nonsense", ".", "1", "AAAAAAAA.-1"])
async def test_a_cursor_of_another_mailbox_starts_over_like_a_fresh_page(mailbox, held):
    await mailbox.attach(BOB.id, "window", "")
    await says(mailbox, "one")
    arrival = await mailbox.attach(BOB.id, "stranger", held)
    assert (arrival.number, arrival.is_new_inbox) == (0, True)


async def test_a_cursor_from_the_future_is_ignored(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    await says(mailbox, "one")
    arrival = await mailbox.attach(BOB.id, "another", await cursor(mailbox, BOB.id, 2))
    assert (arrival.number, arrival.is_new_inbox) == (0, True)


async def test_two_mailboxes_never_share_an_epoch(mailbox):
    arrivals = [await mailbox.attach(person_id, "window", "") for person_id in range(500)]
    assert len({arrival.epoch for arrival in arrivals}) == 500


# Confirming


async def test_a_confirmation_includes_everything_before_it(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    sent = [await says(mailbox, text) for text in ["one", "two", "three"]]
    assert (await shows(mailbox, BOB, "window", 2)).messages == sent[:2]
    assert (await shows(mailbox, BOB, "window", 2)).messages == []
    assert (await shows(mailbox, BOB, "window", 3)).messages == sent[2:]


async def test_the_first_of_several_windows_makes_a_message_delivered(mailbox):
    await mailbox.attach(BOB.id, "first", "")
    await mailbox.attach(BOB.id, "second", "")
    sent = await says(mailbox)
    assert (await shows(mailbox, BOB, "second", 1)).messages == [sent]
    assert (await shows(mailbox, BOB, "first", 1)).messages == []


async def test_showing_a_message_in_the_senders_own_window_confirms_nothing(mailbox):
    await mailbox.attach(ALICE.id, "window", "")
    await mailbox.attach(BOB.id, "window", "")
    await says(mailbox)
    assert (await shows(mailbox, ALICE, "window", 1)).messages == []


@pytest.mark.parametrize("name", ["window", "one that is not known any more"])
async def test_a_lost_confirmation_can_be_repeated_after_resuming(mailbox, name):
    await mailbox.attach(BOB.id, "window", "")
    sent = await says(mailbox)
    await mailbox.attach(BOB.id, name, await cursor(mailbox, BOB.id, 1))
    assert (await shows(mailbox, BOB, name, 1)).messages == [sent]


@pytest.mark.parametrize(
    "held", ["", "nonsense", "AAAAAAAA.1", "{epoch}.2", "{epoch}.999999999999999", "{epoch}.1x"]
)
async def test_an_impossible_confirmation_confirms_nothing(mailbox, held):
    await mailbox.attach(BOB.id, "window", "")
    sent = await says(mailbox)
    box = await box_of(mailbox, BOB.id)
    news = await mailbox.confirm(BOB.id, "window", held.format(epoch=box.epoch))
    assert (news.messages, news.clearings) == ([], [])
    assert (await shows(mailbox, BOB, "window", 1)).messages == [sent]


async def test_only_an_attached_window_can_confirm(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    await mailbox.attach(ALICE.id, "hers", "")
    await says(mailbox)
    assert (await shows(mailbox, BOB, "hers", 1)).messages == []
    assert (
        await mailbox.confirm(CAROL.id, "window", await cursor(mailbox, BOB.id, 1))
    ).messages == []


# Expiry


async def test_entries_shown_by_all_windows_are_deleted_at_once(mailbox):
    await mailbox.attach(BOB.id, "first", "")
    await mailbox.attach(BOB.id, "second", "")
    await says(mailbox)
    await shows(mailbox, BOB, "first", 1)
    assert await offered(mailbox, BOB) == [(1, "hello")]
    await shows(mailbox, BOB, "second", 1)
    assert await offered(mailbox, BOB) == []


async def test_entries_wait_for_a_window_that_is_away(mailbox, clock):
    await mailbox.attach(BOB.id, "here", "")
    await mailbox.attach(BOB.id, "away", "")
    await mailbox.detach(BOB.id, "away")
    clock.passes(SECONDS - 1)
    await says(mailbox)
    await shows(mailbox, BOB, "here", 1)
    await mailbox.sweep()
    assert await offered(mailbox, BOB) == [(1, "hello")]
    clock.passes(1)
    await mailbox.sweep()
    assert await offered(mailbox, BOB) == []


async def test_a_window_with_two_sockets_is_away_only_without_both(mailbox, clock):
    for _ in range(2):
        await mailbox.attach(BOB.id, "window", "")
    await mailbox.detach(BOB.id, "window")
    clock.passes(10 * SECONDS)
    await mailbox.sweep()
    assert await is_reachable(mailbox, BOB)
    await mailbox.detach(BOB.id, "window")
    clock.passes(SECONDS - 1)
    assert await is_reachable(mailbox, BOB)
    clock.passes(1)
    assert not await is_reachable(mailbox, BOB)


async def test_a_message_that_expires_is_reported_as_undelivered_exactly_once(mailbox, clock):
    await mailbox.attach(BOB.id, "window", "")
    sent = await says(mailbox)
    clock.passes(SECONDS - 0.1)
    assert (await mailbox.sweep()).messages == []
    clock.passes(0.1)
    assert (await mailbox.sweep()).messages == [sent]
    assert (await mailbox.sweep()).messages == []
    assert (await shows(mailbox, BOB, "window", 1)).messages == []


async def test_a_message_shown_by_some_window_is_not_reported_as_undelivered(mailbox, clock):
    await mailbox.attach(BOB.id, "first", "")
    await mailbox.attach(BOB.id, "second", "")
    await says(mailbox)
    await shows(mailbox, BOB, "first", 1)
    clock.passes(SECONDS)
    assert (await mailbox.sweep()).messages == []
    assert await offered(mailbox, BOB) == []


async def test_an_undelivered_message_can_be_resent_with_the_same_id(mailbox, clock):
    await mailbox.attach(BOB.id, "window", "")
    sent = await says(mailbox)
    clock.passes(SECONDS)
    await mailbox.sweep()
    assert (await submits(mailbox, sent)).is_new
    assert (await shows(mailbox, BOB, "window", 2)).messages == [sent]


async def test_a_page_that_returns_after_its_entries_were_deleted_learns_of_the_gap(mailbox, clock):
    await mailbox.attach(BOB.id, "here", "")
    await mailbox.attach(BOB.id, "away", "")
    await says(mailbox)
    clock.passes(SECONDS)
    await mailbox.sweep()
    late = await mailbox.attach(BOB.id, "away", await cursor(mailbox, BOB.id, 0))
    assert (late.number, late.has_gap) == (1, True)
    assert not (await mailbox.attach(BOB.id, "here", await cursor(mailbox, BOB.id, 1))).has_gap
    assert not (await mailbox.attach(BOB.id, "fresh", "")).has_gap


async def test_a_window_that_never_left_can_ask_whether_it_missed_something(mailbox, clock):
    await mailbox.attach(BOB.id, "window", "")
    await says(mailbox)
    assert (await mailbox.fetch(BOB.id, 0))[0] == 0
    clock.passes(SECONDS)
    await mailbox.sweep()
    assert (await mailbox.fetch(BOB.id, 0))[0] == 1
    assert (await mailbox.fetch(BOB.id, 1))[0] == 1


async def test_nothing_remains_of_people_who_left(mailbox, clock):
    await mailbox.attach(ALICE.id, "hers", "")
    await mailbox.attach(BOB.id, "his", "")
    await says(mailbox)
    await mailbox.detach(ALICE.id, "hers")
    await mailbox.detach(BOB.id, "his")
    clock.passes(SECONDS)
    await mailbox.sweep()
    clock.passes(SECONDS)
    await mailbox.sweep()
    assert await is_empty(mailbox)


async def test_nothing_remains_of_a_person_whose_message_was_refused(mailbox, clock):
    with pytest.raises(Refused):
        await says(mailbox)
    clock.passes(SECONDS)
    await mailbox.sweep()
    assert await is_empty(mailbox)


async def test_everything_expires_even_if_a_window_stays(mailbox, clock):
    await mailbox.attach(ALICE.id, "hers", "")
    for _ in range(20):  # sweeping is needed only when something expires
        clock.passes(SECONDS)
        await mailbox.sweep()
    await mailbox.retract(ALICE, BOTH, message().id)
    clock.passes(2 * SECONDS)
    await mailbox.sweep()
    assert (await mailbox.usage(ALICE.id)).accepted == 0
    await mailbox.attach(ALICE.id, "another", "")
    await mailbox.detach(ALICE.id, "another")
    clock.passes(SECONDS)
    await mailbox.sweep()
    assert (await mailbox.usage(ALICE.id)).windows == 1


# Message IDs


async def test_a_repeated_message_gets_the_first_answer(mailbox, clock):
    await mailbox.attach(BOB.id, "window", "")
    sent = await says(mailbox)
    again = message(sent.text, id=sent.id)
    assert (await submits(mailbox, again)).posted_at == sent.posted_at
    assert not (await submits(mailbox, again)).is_delivered
    await shows(mailbox, BOB, "window", 1)
    assert (await submits(mailbox, again)).is_delivered


@pytest.mark.parametrize(("text", "recipient"), [("another text", BOB), ("hello", CAROL)])
async def test_another_message_with_the_same_id_is_refused(mailbox, text, recipient):
    await mailbox.attach(BOB.id, "window", "")
    sent = await says(mailbox, "hello")
    with pytest.raises(Refused, match="Another message with this ID was already sent"):
        await submits(mailbox, message(text, recipient=recipient, id=sent.id))


async def test_two_people_can_choose_the_same_id(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    sent = await says(mailbox)
    assert (await submits(mailbox, message("hello", sender=CAROL, id=sent.id))).is_new


async def test_an_id_can_be_used_again_after_its_time_swept_or_not(mailbox, clock):
    await mailbox.attach(BOB.id, "window", "")
    sent = await says(mailbox)
    clock.passes(2 * SECONDS)
    assert (await submits(mailbox, message("another text", id=sent.id))).is_new


async def test_ids_are_deleted_once_no_page_can_resend_them(mailbox, clock):
    await mailbox.attach(ALICE.id, "hers", "")
    await mailbox.attach(BOB.id, "his", "")
    await says(mailbox)
    await shows(mailbox, BOB, "his", 1)
    # A page may have been away for almost as long as the message waited.
    clock.passes(2 * SECONDS - 1)
    await mailbox.sweep()
    assert (await mailbox.usage(ALICE.id)).accepted == 1
    clock.passes(1)
    await mailbox.sweep()
    assert (await mailbox.usage(ALICE.id)).accepted == 0
