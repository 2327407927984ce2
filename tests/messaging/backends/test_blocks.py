"""A mailbox under a block: waiting messages are removed, and new ones are refused."""

import pytest

from messaging.domain.messages import Refused
from messaging.domain.rate_limit import Rate, RateLimit
from tests.messaging.backends.domain import (
    ALICE,
    BOB,
    BOTH,
    CAROL,
    CLEAR,
    NO_LIMIT,
    attach_all,
    copies,
    message,
    offered,
    says,
    shows,
    submits,
)


@pytest.fixture
async def mailbox(new_mailbox, clock):
    return await attach_all(await new_mailbox(clock), ALICE, BOB, CAROL)


async def texts(mailbox, person):
    return [html for _, html in await offered(mailbox, person) if html]


async def test_undelivered_messages_are_removed_from_both_mailboxes_and_returned(mailbox):
    to_bob, to_alice = (
        await says(mailbox, "to bob"),
        await says(mailbox, "to alice", sender=BOB, recipient=ALICE),
    )
    unshown = await mailbox.sever(BOTH)
    assert {each.key for each in unshown} == {to_bob.key, to_alice.key}
    assert await texts(mailbox, BOB) == ["to alice"], (
        "the copy of what one has said oneself remains"
    )
    assert await texts(mailbox, ALICE) == ["to bob"]
    assert await mailbox.sever(BOTH) == []


async def test_removed_entries_keep_their_numbers_so_that_nothing_is_skipped(mailbox):
    await says(mailbox, "to bob")
    await says(mailbox, "from carol", sender=CAROL, recipient=BOB)
    await mailbox.sever(BOTH)
    assert await offered(mailbox, BOB) == [(1, ""), (2, "from carol")]
    news = await shows(mailbox, BOB, "bob", 2)
    assert [each.text for each in news.messages] == ["from carol"]


async def test_a_message_shown_by_one_window_counts_as_delivered_and_no_longer_waits_for_another(
    mailbox,
):
    await mailbox.attach(BOB.id, "another", "")
    await says(mailbox, "to bob")
    await shows(mailbox, BOB, "bob", 1)
    assert await mailbox.sever(BOTH) == []
    assert await texts(mailbox, BOB) == []


async def test_other_conversations_are_not_affected(mailbox):
    await says(mailbox, "to carol", recipient=CAROL)
    await says(mailbox, "from carol", sender=CAROL, recipient=BOB)
    assert await mailbox.sever(BOTH) == []
    assert await texts(mailbox, CAROL) == ["to carol", "from carol"]
    assert await texts(mailbox, BOB) == ["from carol"]


async def test_people_without_a_mailbox_are_ignored(new_mailbox, clock):
    assert await (await new_mailbox(clock)).sever(BOTH) == []


async def submits_blocked(mailbox, said, pace=NO_LIMIT):
    return await mailbox.submit(said, copies(said), pace, is_blocked=True)


async def test_new_messages_are_refused(mailbox):
    with pytest.raises(Refused, match="bob can’t be reached") as refused:
        await submits_blocked(mailbox, message("hello"))
    assert not refused.value.is_waiting
    assert await texts(mailbox, BOB) + await texts(mailbox, ALICE) == []


async def test_the_answer_does_not_depend_on_open_windows(new_mailbox, clock):
    with pytest.raises(Refused, match="bob can’t be reached"):
        await submits_blocked(await new_mailbox(clock), message("hello"))


async def test_a_message_accepted_before_the_block_gets_its_true_state(mailbox):
    said = await says(mailbox)
    await shows(mailbox, BOB, "bob", 1)
    await mailbox.sever(BOTH)
    assert (await submits_blocked(mailbox, said)).is_delivered


async def test_a_refused_message_can_be_resent_after_the_block(mailbox):
    said = await says(mailbox)
    await mailbox.sever(BOTH)
    with pytest.raises(Refused, match="bob can’t be reached"):
        await submits_blocked(mailbox, said)
    assert (await submits(mailbox, said)).is_new
    assert await texts(mailbox, BOB) == ["hello"]


async def test_refused_messages_count_towards_the_rate_limit(mailbox, clock):
    pace = RateLimit(Rate(burst=2, per_second=0.001), clock)
    reasons = []
    for _ in range(3):
        with pytest.raises(Refused) as refused:
            await submits_blocked(mailbox, message("hello"), pace)
        reasons.append(refused.value.reason)
    assert ["reached" in reason for reason in reasons] == [True, True, False]
    assert "too fast" in reasons[2]


async def test_a_clearing_that_is_not_counted_clears_but_reports_nothing(mailbox, clock):
    await says(mailbox, "burn this")
    await mailbox.clear(ALICE.id, BOTH, "1", CLEAR, is_counted=False)
    assert await texts(mailbox, BOB) == await texts(mailbox, ALICE) == ["cleared"]
    newest = len(await offered(mailbox, BOB))
    assert (await shows(mailbox, BOB, "bob", newest)).clearings == []
    clock.passes(mailbox.seconds)
    assert (await mailbox.sweep()).clearings == []


async def test_an_earlier_clearing_no_longer_reports(mailbox):
    await mailbox.clear(ALICE.id, BOTH, "1", CLEAR)
    await mailbox.sever(BOTH)
    assert (await shows(mailbox, BOB, "bob", 1)).clearings == []
    assert (await mailbox.sweep()).clearings == []
