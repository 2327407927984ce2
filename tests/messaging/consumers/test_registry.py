"""How many windows there may be: of a person, from an address, in a process."""

from dataclasses import dataclass

import pytest

from messaging.consumers import registry as module
from messaging.consumers.registry import ConnectionRegistry
from messaging.domain.messages import Refused


@dataclass(eq=False)
class Member:
    person_id: int = 1
    address: str = "192.0.2.1"


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(module, "PER_PERSON", 3)
    monkeypatch.setattr(module, "PER_ADDRESS", 5)
    monkeypatch.setattr(module, "PER_PROCESS", 7)
    return ConnectionRegistry()


def is_empty(registry):
    return (registry.members, dict(registry.addresses), registry.size) == ({}, {}, 0)


def test_the_oldest_leaves_for_one_too_many(registry):
    first, *others = [Member() for _ in range(3)]
    assert [registry.enter(member) for member in (first, *others)] == [None] * 3
    assert registry.enter(Member()) is first
    assert registry.enter(Member()) is others[0]
    assert registry.size == registry.addresses["192.0.2.1"] == 3


def test_many_that_come_at_once_each_let_go_of_another(registry):
    """None of those who have to leave has left yet: their sockets take their time."""
    windows = [Member() for _ in range(5)]
    gone = [registry.enter(window) for window in windows]
    assert gone[3:] == windows[:2]
    for window in gone[3:]:
        registry.leave(window)
    assert list(registry.members[1]) == windows[2:]
    assert registry.size == 3


def test_another_person_has_room_of_their_own(registry):
    for _ in range(3):
        registry.enter(Member())
    assert registry.enter(Member(2)) is None


def test_an_address_that_has_too_many_is_told_so(registry):
    windows = [Member(person) for person in range(5)]
    for window in windows:
        registry.enter(window)
    with pytest.raises(Refused, match="from your network"):
        registry.enter(Member(9))
    assert registry.enter(Member(9, "192.0.2.2")) is None
    registry.leave(windows[0])
    assert registry.enter(Member(8)) is None


def test_a_process_that_has_too_many_says_so(registry):
    for person in range(7):
        registry.enter(Member(person, f"192.0.2.{person}"))
    with pytest.raises(Refused, match="no room for more windows"):
        registry.enter(Member(9, "192.0.2.9"))
    assert registry.size == 7


def test_whoever_was_refused_counts_nowhere(registry):
    windows = [Member(person) for person in range(5)]
    for window in windows:
        registry.enter(window)
    with pytest.raises(Refused):
        registry.enter(late := Member(9))
    registry.leave(late)
    assert registry.size == 5
    for window in windows:
        registry.leave(window)
    assert is_empty(registry)


def test_leaving_twice_counts_once(registry):
    one, other = Member(), Member()
    registry.enter(one)
    registry.enter(other)
    registry.leave(one)
    registry.leave(one)
    assert registry.size == 1
    registry.leave(other)
    assert is_empty(registry)
