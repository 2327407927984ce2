"""Presence: a person is online while a window is open or in its grace period."""

import asyncio

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from messaging.backends.memory.presence import GRACE_SECONDS, Presence
from messaging.domain.conversations import Person
from messaging.domain.presence import Changes
from tests.messaging.backends.mailboxes import new_client, redis_presence

ALICE, BOB = Person(1, "alice"), Person(2, "bob")
NOTHING = Changes([], [])
PERSONS, WINDOWS = st.sampled_from([ALICE, BOB]), st.sampled_from("ab")


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
async def people(clock, home, request):
    if home == "memory":
        yield Presence(clock=clock)
    else:
        client = new_client(request.getfixturevalue("redis_url"))
        yield redis_presence(client, clock)
        await client.close()


async def test_opening_a_window_brings_a_person_online_once(people):
    assert not people.is_online(BOB.id)
    await people.arrive(BOB, "w")
    assert people.is_online(BOB.id)
    assert [await people.take_changes() for _ in range(2)] == [Changes([BOB], []), NOTHING]


async def test_a_person_with_one_of_three_windows_left_is_online(people, clock):
    for window in "abc":
        await people.arrive(BOB, window)
    await people.take_changes()
    for window in "ab":
        await people.leave(BOB, window)
    clock.now += 3600
    assert people.is_online(BOB.id)
    assert await people.take_changes() == NOTHING


async def test_closing_the_last_window_takes_a_person_offline_once_after_the_grace_period(
    people, clock
):
    for window in "abc":
        await people.arrive(BOB, window)
    await people.take_changes()
    for window in "abc":
        await people.leave(BOB, window)
    clock.now += GRACE_SECONDS - 0.1
    assert await people.take_changes() == NOTHING
    clock.now += 0.2
    assert not people.is_online(BOB.id)
    assert [await people.take_changes() for _ in range(3)] == [Changes([], [BOB]), NOTHING, NOTHING]


def test_the_grace_period_leaves_time_to_report_within_fifteen_seconds():
    assert 3 <= GRACE_SECONDS <= 13


@pytest.mark.parametrize(
    "overlaps", [True, False], ids=["the new socket first", "the old socket first"]
)
@pytest.mark.parametrize("window", ["w", "fresh{}"], ids=["a blip", "a reload"])
async def test_twenty_reloads_show_no_change(overlaps, window, people, clock):
    await people.arrive(BOB, window.format(0))
    await people.take_changes()
    for number in range(20):
        old, new = window.format(number), window.format(number + 1)
        steps = [people.arrive(BOB, new), people.leave(BOB, old)]
        for step in steps if overlaps else reversed(steps):
            await step
            clock.now += 0.25
            assert await people.take_changes() == NOTHING
    clock.now += 3600
    assert await people.take_changes() == NOTHING


async def test_leaving_without_arriving_does_nothing(people):
    await people.arrive(BOB, "w")
    for person, window in [(BOB, "another"), (ALICE, "w")]:
        await people.leave(person, window)
    assert people.online() == {BOB.id: "bob"}


async def test_nothing_remains_of_people_who_left(people, clock):
    await people.arrive(BOB, "w")
    await people.leave(BOB, "w")
    clock.now += 3600
    await people.take_changes()
    assert (people.leases, people.told) == ({}, {})


async def test_appearing_offline_is_reported_at_once_and_once(people):
    await people.arrive(BOB, "w")
    await people.take_changes()
    people.hide(BOB.id, is_hidden=True)
    assert not people.is_online(BOB.id)
    assert people.online() == {}
    assert [await people.take_changes() for _ in range(2)] == [Changes([], [BOB]), NOTHING]


async def test_windows_of_a_hidden_person_cause_no_report(people, clock):
    await people.arrive(BOB, "w", is_hidden=True)
    for window in "abc":
        await people.arrive(BOB, window, is_hidden=True)
        assert await people.take_changes() == NOTHING
        clock.now += 1
    for window in "abcw":
        await people.leave(BOB, window)
        assert await people.take_changes() == NOTHING
        clock.now += 3600
    assert await people.take_changes() == NOTHING
    assert people.leases == {}


async def test_appearing_online_again_is_reported_once_if_a_window_is_open(people):
    await people.arrive(BOB, "w", is_hidden=True)
    await people.take_changes()
    assert people.is_hidden(BOB.id)
    assert people.lease_count(BOB.id) == 1
    people.hide(BOB.id, is_hidden=False)
    assert not people.is_hidden(BOB.id)
    assert [await people.take_changes() for _ in range(2)] == [Changes([BOB], []), NOTHING]


async def test_hiding_an_absent_person_leaves_nothing_behind(people):
    people.hide(BOB.id, is_hidden=True)
    assert (people.leases, people.is_hidden(BOB.id)) == ({}, False)


async def test_a_hidden_person_keeps_a_lease(people, clock):
    await people.arrive(BOB, "w", is_hidden=True)
    clock.now += 3600
    await people.take_changes()
    people.hide(BOB.id, is_hidden=False)
    assert people.is_online(BOB.id)


class PresenceMachine(RuleBasedStateMachine):
    """A state machine. Online are the people with a lease, or one that ended within the grace
    period.
    """

    def __init__(self):
        super().__init__()
        self.runner, self.clock = asyncio.Runner(), Clock()
        self.people = Presence(clock=self.clock)
        self.leases, self.left_at, self.told = [], {}, set()

    @property
    def model(self):
        held = {person for person, _ in self.leases}
        return held | {
            person for person, at in self.left_at.items() if self.clock.now - at < GRACE_SECONDS
        }

    @rule(person=PERSONS, window=WINDOWS)
    def arrive(self, person, window):
        self.runner.run(self.people.arrive(person, window))
        self.leases.append((person, window))

    @rule(person=PERSONS, window=WINDOWS)
    def leave(self, person, window):
        self.runner.run(self.people.leave(person, window))
        if (person, window) in self.leases:
            self.leases.remove((person, window))
            self.left_at[person] = self.clock.now

    @rule(seconds=st.sampled_from([0.5, GRACE_SECONDS / 2, GRACE_SECONDS, 100]))
    def wait(self, seconds):
        self.clock.now += seconds

    @rule()
    def tell(self):
        news = self.runner.run(self.people.take_changes())
        assert sorted(person.id for person in news.arrived) == sorted(
            person.id for person in self.model - self.told
        )
        assert sorted(person.id for person in news.left) == sorted(
            person.id for person in self.told - self.model
        )
        self.told = self.model

    @invariant()
    def online_is_the_union(self):
        assert self.people.online() == {person.id: person.name for person in self.model}
        assert all(self.people.is_online(person.id) for person in self.model)

    def teardown(self):
        self.runner.close()


TestPresenceMachine = PresenceMachine.TestCase
TestPresenceMachine.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)
