"""Presence in several processes is the union of their live leases."""

import asyncio

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from messaging.backends.memory.presence import GRACE_SECONDS
from messaging.backends.redis.presence import LEASE_SECONDS, RENEW_SECONDS, STALE_SECONDS
from messaging.domain.conversations import Person
from messaging.domain.presence import Changes
from tests.messaging.backends.domain import ALICE, BOB, Clock
from tests.messaging.backends.mailboxes import (
    forget_everything,
    keys,
    lease,
    new_client,
    redis_presence,
)

NOTHING = Changes([], [])
PROCESSES = st.integers(0, 2)


@pytest.fixture
async def here(redis_url, clock):
    client = new_client(redis_url)
    yield redis_presence(client, clock)
    await forget_everything(client)
    await client.close()


@pytest.fixture
async def there(here, redis_url, clock):
    client = new_client(redis_url, beside=here.client)
    yield redis_presence(client, clock)
    await client.close()


async def test_an_arrival_at_one_process_is_reported_once_at_the_other(here, there):
    await here.arrive(BOB, "window")
    await here.take_changes()
    assert [await there.take_changes() for _ in range(2)] == [Changes([BOB], []), NOTHING]
    assert there.online() == {BOB.id: "bob"}
    assert there.is_online(BOB.id)


async def test_if_an_answer_may_be_lost_every_page_refreshes_its_roster(here):
    await here.take_changes()
    assert not here.needs_resync
    id = await here.client.call("CLIENT", "ID")
    await asyncio.gather(
        here.client.call("CLIENT", "KILL", "ID", id, "SKIPME", "no"), here.client.call("PING")
    )
    await here.take_changes()
    assert here.needs_resync
    here.needs_resync = False
    await here.take_changes()
    assert not here.needs_resync, "it is said once"


async def test_a_hidden_person_is_reported_to_no_other_process(here, there):
    await here.arrive(BOB, "window", is_hidden=True)
    await here.take_changes()
    assert await there.take_changes() == NOTHING
    assert not await here.client.call("HGETALL", f"{here.client.prefix}present:{here.process}")
    here.hide(BOB.id, is_hidden=False)
    await here.take_changes()
    assert await there.take_changes() == Changes([BOB], [])
    here.hide(BOB.id, is_hidden=True)
    await here.take_changes()
    assert [await there.take_changes() for _ in range(2)] == [Changes([], [BOB]), NOTHING]


async def test_a_person_with_windows_at_two_processes_leaves_once_after_both(here, there):
    for process in (here, there):
        await process.arrive(BOB, "window")
        await process.take_changes()
    await here.take_changes()
    here.hide(BOB.id, is_hidden=True)
    assert await here.take_changes() == await there.take_changes() == NOTHING
    there.hide(BOB.id, is_hidden=True)
    assert await there.take_changes() == await here.take_changes() == Changes([], [BOB])


async def test_a_person_with_a_window_at_each_process_stays_online_until_the_last_closes(
    here, there, clock
):
    for process in (here, there):
        await process.arrive(BOB, "window")
        await process.take_changes()
    await here.take_changes()
    await here.leave(BOB, "window")
    clock.passes(10 * GRACE_SECONDS)
    assert await here.take_changes() == await there.take_changes() == NOTHING
    assert here.is_online(BOB.id)
    await there.leave(BOB, "window")
    clock.passes(10 * GRACE_SECONDS)
    assert await there.take_changes() == await here.take_changes() == Changes([], [BOB])


async def test_a_window_that_moves_to_another_process_shows_no_change(here, there, clock):
    await here.arrive(BOB, "window")
    await here.take_changes()
    await there.take_changes()
    for leaving, coming in [(here, there), (there, here)] * 5:
        await leaving.leave(BOB, "window")
        await coming.arrive(BOB, "window")
        clock.passes(0.5)
        assert await leaving.take_changes() == await coming.take_changes() == NOTHING


async def test_the_people_of_a_dead_process_go_offline(here, there):
    await there.arrive(BOB, "window")
    await there.take_changes()
    await here.take_changes()
    await lease(there.client, until=0)
    assert await here.take_changes() == Changes([], [BOB])
    left = {name.decode() for name in await keys(here.client)}
    assert not [name for name in left if there.process in name]


async def test_a_process_without_windows_learns_presence_without_a_lease(here, there, clock):
    await there.arrive(BOB, "window")
    await there.take_changes()
    assert here.is_stale()
    await here.refresh()
    assert here.online() == {BOB.id: "bob"}
    assert not here.is_stale()
    assert await here.client.call("ZRANGE", f"{here.client.prefix}processes", 0, -1) == [
        there.process.encode()
    ]
    await lease(there.client, until=0)
    clock.passes(STALE_SECONDS + 0.1)
    assert here.is_stale()
    await here.refresh()
    assert here.online() == {}


async def test_the_background_task_learns_presence_while_a_window_is_open(here, clock):
    await here.arrive(BOB, "window")
    for _ in range(3):
        await here.take_changes()
        clock.passes(1)
        assert not here.is_stale()


async def test_a_process_taken_for_dead_announces_its_people_again(here, there):
    told = []
    there.reattach_windows = lambda: told.append("lost")
    await there.arrive(BOB, "window")
    await there.take_changes()
    await lease(there.client, until=0)
    await here.take_changes()
    assert not here.is_online(BOB.id)
    await there.take_changes()
    await here.take_changes()
    assert told == ["lost"]
    assert here.is_online(BOB.id)


async def test_after_redis_was_emptied_all_people_are_online_again_and_no_change_was_reported(
    here, there
):
    told = []
    for process, person in [(here, ALICE), (there, BOB)]:
        process.reattach_windows = lambda: told.append("lost")
        await process.arrive(person, "window")
        await process.take_changes()
    await here.take_changes()
    await forget_everything(here.client)
    assert [await process.take_changes() for process in (there, here, there)] == [NOTHING] * 3
    assert told == ["lost", "lost"]
    assert here.online() == there.online() == {ALICE.id: "alice", BOB.id: "bob"}


async def test_a_person_who_left_while_redis_was_empty_goes_offline_soon(here, there, clock):
    for process, person in [(here, ALICE), (there, BOB)]:
        await process.arrive(person, "window")
        await process.take_changes()
    await here.take_changes()
    await forget_everything(here.client)  # and the other process doesn't return
    await here.take_changes()
    clock.passes(RENEW_SECONDS)
    assert await here.take_changes() == Changes([], [BOB])


async def test_many_arrivals_at_once_are_not_taken_for_a_lost_redis(here):
    told = []
    here.reattach_windows = lambda: told.append("lost")
    people = [Person(number, str(number)) for number in range(50)]
    for _ in range(3):
        await asyncio.gather(
            *(here.arrive(person, "window") for person in people),
            *(here.take_changes() for _ in range(5)),
        )
    assert told == []
    assert len(here.online()) == 50


async def test_only_changes_are_announced_again(here, there):
    await here.arrive(BOB, "window")
    await here.take_changes()
    version = here.version
    for _ in range(5):
        await here.take_changes()
    assert here.version == version


def test_a_lease_survives_some_lost_renewals():
    assert LEASE_SECONDS >= 3 * RENEW_SECONDS
    assert LEASE_SECONDS <= 20


class PresenceMachine(RuleBasedStateMachine):
    """A state machine with three processes, any of which can die and be replaced."""

    url = ""

    def __init__(self):
        super().__init__()
        self.runner, self.clock = asyncio.Runner(), Clock()
        self.first = new_client(self.url)
        self.links = [self.first]
        self.processes = [self.new_process(self.first), self.new_process(), self.new_process()]
        self.held: list[dict] = [
            {},
            {},
            {},
        ]  # the number of sockets of each person's window, by process
        self.left_at: list[dict] = [{}, {}, {}]
        self.told: list[set] = [set(), set(), set()]

    def new_process(self, client=None):
        client = client or new_client(self.url, beside=self.first)
        self.links.append(client)
        return redis_presence(client, self.clock)

    def there(self, number):
        """Return the people who are online at this process."""
        recently = {
            person
            for person, at in self.left_at[number].items()
            if self.clock.now - at < GRACE_SECONDS
        }
        return {person for person, _ in self.held[number]} | recently

    @property
    def online(self):
        return set().union(*(self.there(number) for number in range(3)))

    @rule(number=PROCESSES, person=st.sampled_from([ALICE, BOB]), window=st.sampled_from("ab"))
    def arrive(self, number, person, window):
        self.runner.run(self.processes[number].arrive(person, window))
        self.held[number][person, window] = self.held[number].get((person, window), 0) + 1

    @rule(number=PROCESSES, person=st.sampled_from([ALICE, BOB]), window=st.sampled_from("ab"))
    def leave(self, number, person, window):
        self.runner.run(self.processes[number].leave(person, window))
        if (person, window) in self.held[number]:
            self.held[number][person, window] -= 1
            if not self.held[number][person, window]:
                del self.held[number][person, window]
                self.left_at[number][person] = self.clock.now

    @rule(number=PROCESSES)
    def die(self, number):
        """Kill a process, let its lease expire, and start another one."""
        self.runner.run(lease(self.processes[number].client, until=0))
        self.processes[number] = self.new_process()
        self.held[number], self.left_at[number], self.told[number] = {}, {}, set()

    @rule()
    def restart_redis(self):
        """Restart Redis without its data."""
        self.runner.run(forget_everything(self.first))

    @rule(seconds=st.sampled_from([0.5, GRACE_SECONDS / 2, GRACE_SECONDS, 100]))
    def wait(self, seconds):
        self.clock.passes(seconds)

    @rule()
    def run_every_process(self):
        """Run every process twice, so that the first one learns of changes by the last one."""
        changes: list[dict] = [{}, {}, {}]
        for _ in range(3):
            self.clock.passes(RENEW_SECONDS)
            for number, process in enumerate(self.processes):
                news = self.runner.run(process.take_changes())
                changes[number] |= dict.fromkeys(news.arrived, "arrived") | dict.fromkeys(
                    news.left, "left"
                )
        for number, process in enumerate(self.processes):
            assert process.online() == {person.id: person.name for person in self.online}
            for person in (ALICE, BOB):
                if (person in self.told[number]) != (person in self.online):
                    assert changes[number][person] == (
                        "arrived" if person in self.online else "left"
                    )
            self.told[number] = self.online

    @invariant()
    def nobody_who_is_here_is_ever_offline_here(self):
        for number, process in enumerate(self.processes):
            assert all(process.is_online(person.id) for person in self.there(number))

    def teardown(self):
        self.runner.run(forget_everything(self.first))
        for client in self.links:
            self.runner.run(client.close())
        self.runner.close()


@pytest.fixture(scope="module")
def shared_memory(redis_url):
    PresenceMachine.url = redis_url


PresenceMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestPresenceMachine = pytest.mark.usefixtures("shared_memory")(PresenceMachine.TestCase)
