"""A short random history in one process, with windows that are cut."""

import pytest

from tests.load.checker import fleets
from tests.load.checker.faults import cuts
from tests.load.checker.invariants import violations
from tests.load.checker.run import run

EVERYTHING = 3  # the first seed whose history has every action within 3 seconds


@pytest.fixture
def site(tmp_path):
    with fleets.memory(tmp_path) as site:
        yield site


async def test_a_history_with_cut_windows_is_sound(site):
    record = await run(site, cuts, seed=EVERYTHING, seconds=3)
    assert {event.kind for event in record.events} >= {"said", "offered", "shown", "withdrawn"}
    assert "delivered" in {event.state for event in record.of("state")}
    assert violations(record) == {}
