"""An edit waits behind its message and does not change the message's state. Both backends."""

from datetime import UTC, datetime

import pytest

from messaging.domain import messages
from messaging.domain.messages import Refused
from messaging.domain.rate_limit import Rate, RateLimit
from tests.messaging.backends.domain import (
    ALICE,
    BOB,
    BOTH,
    CAROL,
    CLEAR,
    NO_LIMIT,
    SECONDS,
    attach_all,
    copies,
    message,
    offered,
    says,
    shows,
    submits,
)
from tests.messaging.backends.mailboxes import is_empty, waiting


@pytest.fixture
async def mailbox(new_mailbox, clock):
    return await attach_all(await new_mailbox(clock), ALICE, BOB)


def edit_of(said, text):
    return said._replace(text=text, posted_at=datetime.now(UTC), kind="edit")


async def edits(mailbox, said, text="better"):
    edit = edit_of(said, text)
    assert (await submits(mailbox, edit)).is_new
    return edit


async def test_each_edit_is_a_new_entry_after_its_message_in_both_mailboxes(mailbox):
    said = await says(mailbox, "first")
    await says(mailbox, "another")
    await edits(mailbox, said, "second")
    await edits(mailbox, said, "second")
    for person in (ALICE, BOB):
        assert [name for _, name in await offered(mailbox, person)] == [
            "first",
            "another",
            "second",
            "second",
        ]


async def test_an_edit_keeps_its_kind(mailbox):
    said = await says(mailbox)
    edit = await edits(mailbox, said)
    [first, second] = [entry.draft.message for entry in (await mailbox.fetch(BOB.id, 0))[1]]
    assert (first.kind, second.kind) == ("message", "edit")
    assert second == edit
    assert second.key == first.key


async def test_showing_an_edit_confirms_the_edit_and_not_the_message(mailbox):
    said = await says(mailbox)
    await shows(mailbox, BOB, "bob", 1)
    edit = await edits(mailbox, said)
    assert (await shows(mailbox, BOB, "bob", 2)).messages == [edit]


async def test_a_repeated_message_is_recognised_after_an_edit(mailbox):
    said = await says(mailbox)
    await edits(mailbox, said)
    receipt = await submits(mailbox, said)
    assert not receipt.is_new
    assert not receipt.is_delivered
    await shows(mailbox, BOB, "bob", 1)
    assert (await submits(mailbox, said)).is_delivered


async def test_an_expired_edit_does_not_make_its_message_new(mailbox, clock):
    said = await says(mailbox)
    await shows(mailbox, BOB, "bob", 1)
    edit = await edits(mailbox, said)
    await mailbox.detach(BOB.id, "bob")
    clock.passes(SECONDS)
    assert (await mailbox.sweep()).messages == [edit]
    await mailbox.attach(BOB.id, "back", "")
    assert (await submits(mailbox, said)).is_delivered


async def test_an_edit_is_refused_if_no_window_could_show_it(mailbox):
    edit = edit_of(message(recipient=CAROL), "better")
    with pytest.raises(Refused, match="carol isn’t connected") as refused:
        await submits(mailbox, edit)
    assert refused.value.message == edit


async def test_an_edit_counts_towards_the_rate_limit_and_a_block_refuses_it(mailbox):
    said = await says(mailbox)
    edit, pace = edit_of(said, "better"), RateLimit(Rate(burst=1, per_second=0.1))
    with pytest.raises(Refused, match="bob can’t be reached"):
        await mailbox.submit(edit, copies(edit), NO_LIMIT, is_blocked=True)
    await mailbox.submit(edit, copies(edit), pace)
    with pytest.raises(Refused, match="too fast"):
        await mailbox.submit(edit, copies(edit), pace)


async def test_unsending_removes_waiting_edits_and_prevents_new_ones(mailbox):
    said = await says(mailbox, "regrettable")
    await edits(mailbox, said, "regrettable too")
    await mailbox.retract(ALICE, BOTH, said.id)
    assert "regrettable" not in await waiting(mailbox, ALICE.id, BOB.id)
    with pytest.raises(Refused, match="It was unsent"):
        await edits(mailbox, said)


async def test_clearing_removes_waiting_edits_and_prevents_new_ones(mailbox):
    said = await says(mailbox, "regrettable")
    await edits(mailbox, said, "regrettable too")
    await mailbox.clear(ALICE.id, BOTH, "clearing", CLEAR)
    assert "regrettable" not in await waiting(mailbox, ALICE.id, BOB.id)
    with pytest.raises(Refused, match="cleared"):
        await edits(mailbox, said)


async def test_a_block_removes_a_waiting_edit_and_does_not_make_its_message_new(mailbox):
    said = await says(mailbox, "said")
    await shows(mailbox, BOB, "bob", 1)
    edit = await edits(mailbox, said, "unshown")
    assert await mailbox.sever(BOTH) == [edit]
    assert "unshown" not in await waiting(mailbox, BOB.id)
    assert (await submits(mailbox, said)).is_delivered


async def test_a_reaction_waits_in_the_mailbox_and_leaves_nothing_behind(mailbox, clock):
    said = await says(mailbox)
    reaction = messages.react(BOB, said.conversation, said.key, "❤️")
    assert (await submits(mailbox, reaction)).is_new
    assert (await shows(mailbox, ALICE, "alice", 2)).messages == [reaction]
    for person in (ALICE, BOB):
        await mailbox.detach(person.id, person.name)
    for _ in range(3):
        clock.passes(2 * SECONDS)
        await mailbox.sweep()
    assert await is_empty(mailbox)
