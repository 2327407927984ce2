"""However much is said and however little is read, the memory of a mailbox has an end, and so has the patience."""

import pytest

from messaging import boxes as module
from messaging.boxes import Draft, Event
from messaging.conversations import Refused
from tests.messaging.domain import ALICE, BOB, Clock, is_reachable, message, offered, says, shows, submits
from tests.messaging.homes import box_of, cursor


@pytest.fixture
async def mailbox(monkeypatch, new_mailbox):
    monkeypatch.setattr(module, "MAX_ENTRIES", 4)
    monkeypatch.setattr(module, "MAX_BYTES", 200)
    return await new_mailbox(Clock())


async def test_too_many_unread_messages_are_refused_in_words(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    for _ in range(4):
        await says(mailbox)
    late = message()
    with pytest.raises(Refused, match="too much is waiting at the other end") as refusal:
        await submits(mailbox, late)
    assert refusal.value.message == late
    await shows(mailbox, BOB, "window", 1)
    assert (await submits(mailbox, late)).is_new


async def test_too_many_characters_are_refused_as_well(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    for _ in range(2):
        await says(mailbox, "x" * 50)
    with pytest.raises(Refused, match="too much is waiting"):
        await submits(mailbox, message())


async def test_the_same_message_again_gets_the_same_answer_when_there_is_no_room_either(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    sent = [await says(mailbox) for _ in range(4)]
    assert (await submits(mailbox, sent[0])).posted_at == sent[0].posted_at


async def test_a_window_that_shows_nothing_does_not_stop_the_other_one_and_learns_of_its_gap(mailbox):
    await mailbox.attach(BOB.id, "reads", "")
    await mailbox.attach(BOB.id, "stalls", "")
    for number in range(1, 21):
        sent = await says(mailbox, str(number))
        assert (await shows(mailbox, BOB, "reads", number)).messages == [sent]
    assert await offered(mailbox, BOB) == [(number, str(number)) for number in range(17, 21)]
    assert (await mailbox.after(BOB.id, 0))[0] == 16
    assert (await mailbox.attach(BOB.id, "stalls", await cursor(mailbox, BOB.id, 0))).has_gap


async def test_what_cannot_be_refused_makes_room_for_itself_and_loses_nothing_silently(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    sent = [await says(mailbox, str(number)) for number in range(4)]
    await mailbox.post([Draft(BOB.id, ALICE, Event("taken back"))] * 2)
    assert [text for _, text in await offered(mailbox, BOB)] == ["2", "3", "taken back", "taken back"]
    assert (await mailbox.sweep()).messages == sent[:2]
    assert (await mailbox.sweep()).messages == []


async def test_one_s_own_windows_cannot_fill_the_memory_either(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    for _ in range(1000):
        await mailbox.post([Draft(BOB.id, ALICE, Event("x" * 60))])
    box = await box_of(mailbox, BOB.id)
    assert box.entries <= 4
    assert box.size <= 200 + 60


async def test_the_count_of_characters_never_drifts(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    sent = await says(mailbox, "x" * 30)
    await says(mailbox, "y" * 20)
    await mailbox.retract(ALICE, BOB.id, sent.id)
    assert (await box_of(mailbox, BOB.id)).size == 40
    await shows(mailbox, BOB, "window", 2)
    assert (await box_of(mailbox, BOB.id)).size == 0


async def test_windows_that_are_gone_make_room_for_others(mailbox):
    await mailbox.attach(BOB.id, "stays", "")
    for number in range(3 * module.MAX_WINDOWS):
        await mailbox.attach(BOB.id, f"window {number}", "")
        await mailbox.detach(BOB.id, f"window {number}")
    assert (await mailbox.holdings(BOB.id)).windows <= module.MAX_WINDOWS
    assert await is_reachable(mailbox, BOB)


async def test_clearing_again_and_again_leaves_one_clearing_to_count(mailbox):
    await mailbox.attach(BOB.id, "never shows anything", "")
    for number in range(10):
        await mailbox.clear(
            str(number), [Draft(ALICE.id, BOB, Event("cleared")), Draft(BOB.id, ALICE, Event("cleared"))]
        )
    assert (await mailbox.holdings(BOB.id)).clearings == 1
