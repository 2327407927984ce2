"""Fixtures for journeys that run in each engine."""

import itertools

import pytest

from tests.browser.engines.drivers import ENGINES
from tests.browser.engines.people import FAULTS, Person

_numbers = itertools.count(1)


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.__name__.lower())
def arrives(request, tmp_path, server):
    """Return a function. `arrives("alice")` is a user with a similar name in a new browser."""
    if not request.param.is_there():
        pytest.skip(f"there is no {' or no '.join(request.param.programs)} here")
    people = []

    def arrive(name: str, *, url: str = "", scripts: bool = True) -> Person:
        name = f"{name}{next(_numbers)}"
        folder = tmp_path / name
        folder.mkdir()
        people.append(Person(name, request.param(folder, scripts=scripts), url or server.url))
        return people[-1]

    yield arrive
    faults = [fault for person in people for fault in person.looks_at().run(FAULTS)]
    for person in people:
        person.browser.stop()
    assert faults == []
