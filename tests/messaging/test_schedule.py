"""Whose turn comes when: exactly those whose time has come, each once."""

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from messaging import mailbox as memory
from messaging.boxes import Box
from messaging.schedule import Schedule
from tests.messaging.domain import ALICE, BOB, SECONDS, Clock, says

TURNS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20)))


@given(TURNS, TURNS, st.integers(0, 25))
def test_everybody_has_one_turn_at_the_earliest_time_that_was_named(first, later, now):
    schedule = Schedule()
    earliest: dict[int, int] = {}
    for turns in (first, later):
        for person, time in turns:
            schedule.name(person, time)
            earliest[person] = min(time, earliest.get(person, time))
        due = schedule.due(now)
        assert sorted(due) == sorted(person for person, time in earliest.items() if time <= now)
        for person in due:
            del earliest[person]
        assert schedule.due(now) == []


async def test_a_sweep_looks_at_nobody_whose_things_are_not_too_old(monkeypatch):
    clock = Clock()
    mailbox = memory.Mailbox(SECONDS, clock)
    for person in range(100, 200):
        await mailbox.attach(person, "window", "")
    await mailbox.attach(BOB.id, "his", "")
    clock.passes(SECONDS)
    await mailbox.sweep()  # a box that is new is looked at once, in case that nobody comes
    await says(mailbox)
    clock.passes(SECONDS)
    with patch.object(Box, "forget_expired", autospec=True, side_effect=Box.forget_expired) as forget:
        await mailbox.sweep()
    looked_at = [call.args[0] for call in forget.call_args_list]
    assert {box.epoch for box in looked_at} == {mailbox.boxes[person.id].epoch for person in (ALICE, BOB)}
