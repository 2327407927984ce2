"""Real servers of both kinds, with people who have sessions."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.load.bench import machine
from tests.load.bench.server import Server, make_people, started
from tests.load.pressure.talk import Talk
from tests.support.people import Person
from tests.support.window import Window

PEOPLE = 400


@pytest.fixture(scope="module")
def figures():
    """Return server variables, and the 95th percentile in ms that others' messages may take."""
    return {"PATIENCE": "2", "latency": 500}


@pytest.fixture(scope="module", params=["serve", pytest.param("uvicorn", marks=pytest.mark.matrix)])
def place(request, tmp_path_factory, figures):
    """Run a server. `place.hang` is the file that makes its database hang."""
    machine.allow_many_files()
    folder = tmp_path_factory.mktemp("pressure")
    people = make_people(folder, figures.get("people", PEOPLE))
    hang = folder / "hang"
    settings = {"DJANGO_SETTINGS_MODULE": "tests.load.pressure.settings", "HANG": str(hang)}
    patience = {"PATIENCE": figures["PATIENCE"]} if "PATIENCE" in figures else {}
    with started(request.param, folder, **settings, **patience) as server:
        yield Place(server, people, hang, request.param, figures["latency"])
    log = "".join(file.read_text() for file in folder.glob("*.log"))
    assert "Traceback" not in log
    assert "ERROR" not in log


@dataclass
class Place:
    server: Server
    people: list[Person]
    hang: Path
    name: str
    latency: int

    @property
    def url(self):
        return self.server.url

    def window(self, person):
        """Open a window that counts everything it receives."""
        return Window(self, person, is_compressed=False)

    def talk(self):
        """Let eight other people talk during the block."""
        return Talk([self.window(person) for person in self.some(8)])

    def some(self, count):
        """Return this many people who are not used yet."""
        taken, self.people = self.people[:count], self.people[count:]
        assert len(taken) == count
        return taken
