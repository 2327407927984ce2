"""Thousands of windows come and go, and talk: what they took of the machine and of the memory is given back."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.soak.conftest import RESUME
from tests.soak.windows import Window, people

CYCLES = 1000
ROUNDS = 3
PEOPLE = 40
FORGOTTEN = 2 * RESUME + 5  # seconds: a message's name is remembered for twice as long as its text
ROOM = 3_000  # kB: 1 for each window of the second time

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds")


def holdings(server):
    """What the process has of the machine: memory in kB, threads, open files and sockets."""
    proc = Path(f"/proc/{server.process.pid}")
    status = dict(line.split(":", 1) for line in (proc / "status").read_text().splitlines())
    files = len(list((proc / "fd").iterdir()))
    return {"memory": int(status["VmRSS"].split()[0]), "threads": int(status["Threads"]), "files": files}


async def comes_and_goes(server, person, peer, everybody):
    """A fresh page says something, knows that it was shown, and is closed."""
    window = await Window(server, person).opens(peer)
    await everybody.wait()
    await window.says(f"{person.name} was here.", to=peer)
    await window.until(lambda: bool(window.delivered))
    await everybody.wait()
    await window.closes()


async def a_round(server, them):
    for _ in range(CYCLES // PEOPLE):
        everybody = asyncio.Barrier(PEOPLE)
        pairs = [(one, them[place ^ 1]) for place, one in enumerate(them)]
        await asyncio.gather(*[comes_and_goes(server, one, other, everybody) for one, other in pairs])


async def rounds(server, them, record_property, name):
    """What the process has when so many windows have come and gone in as little time as they take."""
    for number in range(ROUNDS):
        await a_round(server, them)
        record_property(f"{name}, {number + 1}", holdings(server))
    return holdings(server)


async def test_windows_that_come_and_go_leave_nothing_behind(server, record_property):
    """A process keeps the memory that it once had for when it needs it again: the same once more needs no more."""
    them = people(server, PEOPLE)
    first = await rounds(server, them, record_property, "a first time")
    await asyncio.sleep(FORGOTTEN)
    record_property("when all is forgotten", holdings(server))
    second = await rounds(server, them, record_property, "a second time")
    assert second["memory"] <= first["memory"] + ROOM
    assert second["threads"] <= first["threads"]
    assert second["files"] <= first["files"]
