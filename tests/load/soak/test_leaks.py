"""Twenty rounds of a thousand windows, closed in every way, release everything."""

import asyncio
import sys
import time

import pytest

from tests.load.soak import resources
from tests.load.soak.verdict import costs_of, leaks
from tests.load.soak.window_visits import AT_ONCE, come_and_go

CYCLES = 1000
WARM_UP = 2  # rounds, which fill caches, thread pools and Python's free lists
# Seconds after which nothing may be left; tests.load.soak.quick_settings remember a message's name
# for 6.
FORGOTTEN = 30
QUICK = {"DJANGO_SETTINGS_MODULE": "tests.load.soak.quick_settings"}
LEAKING = "tests.load.soak.leaking.application"
NOTHING = {"busy": 0, "windows": 0, "cut": 0, "groups": 0, "memberships": 0, "listeners": 0}
NOTHING |= {
    "present": 0,
    "leases": 0,
    "told": 0,
    "waiting": 0,
    "boxes": 0,
    "clearings": 0,
    "paid": 0,
    "refused": 0,
}

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells what a process holds"
)


async def forgotten(server, nothing, patience):
    """Return what the server holds once it holds nothing, or after the time limit."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if not resources.differences(nothing, await asyncio.to_thread(server.held)):
            break
        await asyncio.sleep(1)
    return await asyncio.to_thread(server.held, is_settled=True)


async def rounds(server, them, count, patience=FORGOTTEN):
    """Return what the server holds after each round, and before the first one."""
    nothing, found = (
        NOTHING | {"tasks": server.held()["tasks"]},
        [],
    )  # the server itself has tasks
    for _ in range(WARM_UP + count):
        await come_and_go(server, them, CYCLES)
        found.append(await forgotten(server, nothing, patience))
    return found[WARM_UP - 1 :]


@pytest.mark.parametrize(("name", "count"), [("serve", 20), ("uvicorn", 6)])
async def test_closed_windows_leave_nothing_in_memory(name, count, tmp_path, record_property):
    them = resources.people(tmp_path, 1 + AT_ONCE)
    with resources.started(name, tmp_path, **QUICK) as server:
        found = await rounds(server, them, count)
    record_property(
        "own memory in MB, round by round", ", ".join(f"{each['own'] / 1e6:.2f}" for each in found)
    )
    record_property("for each window", costs_of(found, CYCLES))
    assert [resources.differences(NOTHING, each) for each in found] == [{}] * len(found)
    assert leaks(found, CYCLES) == set()


@pytest.mark.parametrize(
    ("leaking", "names"),
    [
        ("a_kilobyte", {"heap", "own"}),
        ("an_object", {"blocks"}),
        ("a_task a_timer a_group", {"tasks", "timers", "groups"}),
    ],
)
async def test_a_leak_in_every_window_is_found(leaking, names, tmp_path, record_property):
    """Leak each kind of resource that the test above checks."""
    them = resources.people(tmp_path, 1 + AT_ONCE)
    with resources.started("serve", tmp_path, LEAKING, LEAKS=leaking, **QUICK) as server:
        found = await rounds(server, them, 3, patience=12)
    record_property("for each window", costs_of(found, CYCLES))
    assert names <= leaks(found, CYCLES)
