"""A conversation of three people in a mailbox, in both backends."""

import pytest

from messaging.delivery import events
from messaging.domain import mailbox_limits
from messaging.domain.conversations import Conversation
from messaging.domain.events import Draft, Event
from messaging.domain.messages import Refused
from tests.messaging.backends.domain import (
    ALICE,
    BOB,
    BOTH,
    CAROL,
    SECONDS,
    attach_all,
    message,
    offered,
    shows,
    submits,
)
from tests.messaging.backends.mailboxes import is_empty, is_known

ALL = Conversation.of(ALICE, BOB, CAROL)


@pytest.fixture
async def mailbox(new_mailbox, clock):
    return await new_mailbox(clock)


async def says(mailbox, text, sender=ALICE, conversation=ALL):
    said = message(text, sender=sender)._replace(conversation=conversation)
    assert (await submits(mailbox, said)).is_new
    return said


async def texts(mailbox, person):
    return [text for _, text in await offered(mailbox, person)]


def test_each_participant_gets_a_draft_and_only_recipients_an_incoming_one():
    said = message()._replace(conversation=ALL)
    drafts = events.copies(said)
    assert [draft.owner for draft in drafts] == [BOB.id, CAROL.id, ALICE.id]
    assert [draft.incoming for draft in drafts] == [said, said, None]


async def test_each_participant_gets_every_message_in_the_same_order(mailbox):
    await attach_all(mailbox, ALICE, BOB, CAROL)
    for number, sender in enumerate([ALICE, BOB, CAROL, ALICE]):
        await says(mailbox, f"{number}", sender)
    for person in (ALICE, BOB, CAROL):
        assert await texts(mailbox, person) == ["0", "1", "2", "3"]
    _, [first, *_] = await mailbox.fetch(CAROL.id, 0)
    assert first.draft.conversation == first.draft.message.conversation == ALL
    assert first.draft.by == ALICE.id


async def test_a_message_is_refused_only_if_no_recipient_can_be_reached(mailbox, clock):
    await attach_all(mailbox, ALICE)
    said = message("hello")._replace(conversation=ALL)
    with pytest.raises(Refused, match="bob, carol isn’t connected") as refused:
        await submits(mailbox, said)
    assert refused.value.is_waiting
    await attach_all(mailbox, CAROL)
    assert (await submits(mailbox, said)).is_new
    assert await texts(mailbox, CAROL) == await texts(mailbox, ALICE) == ["hello"]
    assert not await is_known(mailbox, BOB.id), "nothing waits for a person without a window"
    await mailbox.detach(CAROL.id, CAROL.name)
    clock.passes(SECONDS)
    with pytest.raises(Refused, match="isn’t connected"):
        await says(mailbox, "too late")


async def test_the_first_window_of_any_recipient_makes_a_message_delivered(mailbox):
    await attach_all(mailbox, ALICE, BOB, CAROL)
    said = await says(mailbox, "hello")
    assert (await shows(mailbox, CAROL, "carol", 1)).messages == [said]
    assert (await submits(mailbox, said)).is_delivered
    assert (await mailbox.usage(ALICE.id)).elsewhere == 1, "it still waits for bob"


async def test_each_sender_has_a_separate_share(mailbox, monkeypatch):
    monkeypatch.setattr(mailbox_limits, "MAX_ENTRIES", 16)
    await attach_all(mailbox, ALICE, BOB, CAROL)
    for number in range(4):
        await says(mailbox, f"{number}")
        await shows(mailbox, CAROL, "carol", number + 1)
    with pytest.raises(Refused, match="Too many of your messages"):
        await says(mailbox, "one too many for bob")
    await says(mailbox, "from carol", CAROL)


async def test_unsending_and_clearing_affect_all_participants_and_no_other_conversation(mailbox):
    await attach_all(mailbox, ALICE, BOB, CAROL)
    oops = await says(mailbox, "oops")
    await says(mailbox, "kept", conversation=BOTH)
    await says(mailbox, "cleared", BOB)
    unsent = events.unsaid(ALICE, ALL, oops.key)
    await mailbox.retract(ALICE, ALL, oops.id, unsent)
    drafts = [Draft(person.id, ALL, Event("empty"), ALICE.id) for person in ALL.participants]
    clearing = await mailbox.clear(ALICE.id, ALL, "1", drafts)
    assert (await mailbox.progress(clearing)).total == 3
    assert await texts(mailbox, CAROL) == ["", "", "message_unsent", "empty"]
    for person in (ALICE, BOB):
        assert await texts(mailbox, person) == ["", "kept", "", "message_unsent", "empty"]
    with pytest.raises(Refused, match="unsent, or the conversation was cleared"):
        await submits(mailbox, oops)


async def test_nothing_remains_after_all_have_left(mailbox, clock):
    await attach_all(mailbox, ALICE, BOB, CAROL)
    said = await says(mailbox, "hello")
    for person in (ALICE, BOB, CAROL):
        await mailbox.detach(person.id, person.name)
    clock.passes(SECONDS)
    assert (await mailbox.sweep()).messages == [said, said], "no window of either has shown it"
    clock.passes(2 * SECONDS)
    await mailbox.sweep()
    assert await is_empty(mailbox)
