"""Limits on windows of a person, an address and a process."""

from dataclasses import dataclass

import pytest

from messaging.consumers import registry as module
from messaging.consumers.registry import ConnectionRegistry
from messaging.domain.messages import Refused


@dataclass(eq=False)
class Window:
    person_id: int = 1
    address: str = "192.0.2.1"


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(module, "MAX_PER_PERSON", 3)
    monkeypatch.setattr(module, "MAX_PER_ADDRESS", 5)
    monkeypatch.setattr(module, "MAX_PER_PROCESS", 7)
    return ConnectionRegistry()


def is_empty(registry):
    return (registry.connections, dict(registry.addresses), registry.size) == ({}, {}, 0)


def test_the_oldest_window_is_closed_beyond_the_limit(registry):
    first, *others = [Window() for _ in range(3)]
    assert [registry.add(window) for window in (first, *others)] == [None] * 3
    assert registry.add(Window()) is first
    assert registry.add(Window()) is others[0]
    assert registry.size == registry.addresses["192.0.2.1"] == 3


def test_each_of_many_simultaneous_windows_closes_another(registry):
    """The closed windows are still there, because their sockets take time to close."""
    windows = [Window() for _ in range(5)]
    gone = [registry.add(window) for window in windows]
    assert gone[3:] == windows[:2]
    for window in gone[3:]:
        registry.remove(window)
    assert list(registry.connections[1]) == windows[2:]
    assert registry.size == 3


def test_another_person_has_a_separate_limit(registry):
    for _ in range(3):
        registry.add(Window())
    assert registry.add(Window(2)) is None


def test_a_window_beyond_the_limit_of_an_address_is_told_so(registry):
    windows = [Window(person) for person in range(5)]
    for window in windows:
        registry.add(window)
    with pytest.raises(Refused, match="from your network"):
        registry.add(Window(9))
    assert registry.add(Window(9, "192.0.2.2")) is None
    registry.remove(windows[0])
    assert registry.add(Window(8)) is None


def test_a_window_beyond_the_limit_of_a_process_is_told_so(registry):
    for person in range(7):
        registry.add(Window(person, f"192.0.2.{person}"))
    with pytest.raises(Refused, match="no room for more windows"):
        registry.add(Window(9, "192.0.2.9"))
    assert registry.size == 7


def test_a_refused_window_is_not_counted(registry):
    windows = [Window(person) for person in range(5)]
    for window in windows:
        registry.add(window)
    with pytest.raises(Refused):
        registry.add(late := Window(9))
    registry.remove(late)
    assert registry.size == 5
    for window in windows:
        registry.remove(window)
    assert is_empty(registry)


def test_leaving_twice_counts_once(registry):
    one, other = Window(), Window()
    registry.add(one)
    registry.add(other)
    registry.remove(one)
    registry.remove(one)
    assert registry.size == 1
    registry.remove(other)
    assert is_empty(registry)
