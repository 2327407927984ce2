"""How many windows there may be: of a person, from an address, in a process."""

from dataclasses import dataclass

import pytest

from messaging.consumers import registry as module
from messaging.consumers.registry import Crowd
from messaging.domain.messages import Refused


@dataclass(eq=False)
class Member:
    person_id: int = 1
    address: str = "192.0.2.1"


@pytest.fixture
def crowd(monkeypatch):
    monkeypatch.setattr(module, "PER_PERSON", 3)
    monkeypatch.setattr(module, "PER_ADDRESS", 5)
    monkeypatch.setattr(module, "PER_PROCESS", 7)
    return Crowd()


def is_empty(crowd):
    return (crowd.members, dict(crowd.addresses), crowd.size) == ({}, {}, 0)


def test_the_oldest_leaves_for_one_too_many(crowd):
    first, *others = [Member() for _ in range(3)]
    assert [crowd.enter(member) for member in (first, *others)] == [None] * 3
    assert crowd.enter(Member()) is first
    assert crowd.enter(Member()) is others[0]
    assert crowd.size == crowd.addresses["192.0.2.1"] == 3


def test_many_that_come_at_once_each_let_go_of_another(crowd):
    """None of those who have to leave has left yet: their sockets take their time."""
    windows = [Member() for _ in range(5)]
    gone = [crowd.enter(window) for window in windows]
    assert gone[3:] == windows[:2]
    for window in gone[3:]:
        crowd.leave(window)
    assert list(crowd.members[1]) == windows[2:]
    assert crowd.size == 3


def test_another_person_has_room_of_their_own(crowd):
    for _ in range(3):
        crowd.enter(Member())
    assert crowd.enter(Member(2)) is None


def test_an_address_that_has_too_many_is_told_so(crowd):
    windows = [Member(person) for person in range(5)]
    for window in windows:
        crowd.enter(window)
    with pytest.raises(Refused, match="from your network"):
        crowd.enter(Member(9))
    assert crowd.enter(Member(9, "192.0.2.2")) is None
    crowd.leave(windows[0])
    assert crowd.enter(Member(8)) is None


def test_a_process_that_has_too_many_says_so(crowd):
    for person in range(7):
        crowd.enter(Member(person, f"192.0.2.{person}"))
    with pytest.raises(Refused, match="no room for more windows"):
        crowd.enter(Member(9, "192.0.2.9"))
    assert crowd.size == 7


def test_whoever_was_refused_counts_nowhere(crowd):
    windows = [Member(person) for person in range(5)]
    for window in windows:
        crowd.enter(window)
    with pytest.raises(Refused):
        crowd.enter(late := Member(9))
    crowd.leave(late)
    assert crowd.size == 5
    for window in windows:
        crowd.leave(window)
    assert is_empty(crowd)


def test_leaving_twice_counts_once(crowd):
    one, other = Member(), Member()
    crowd.enter(one)
    crowd.enter(other)
    crowd.leave(one)
    crowd.leave(one)
    assert crowd.size == 1
    crowd.leave(other)
    assert is_empty(crowd)
