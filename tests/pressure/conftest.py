"""Real servers of both kinds, with people who have sessions."""

import pytest

from tests.bench import machine
from tests.bench.server import PRODUCT, make_people, started

PEOPLE = 400


@pytest.fixture(scope="module")
def figures():
    """What a server is started with; the long tests have their own."""
    return {"PATIENCE": "2"}


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def place(request, tmp_path_factory, figures):
    """A server with the product. `place.people` are (id, session key); `place.hang` is the file its database obeys."""
    machine.allow_many_files()
    folder = tmp_path_factory.mktemp("pressure")
    people = make_people(folder, figures.get("people", PEOPLE))
    hang = folder / "hang"
    settings = {"DJANGO_SETTINGS_MODULE": "tests.pressure.settings", "HANG": str(hang)}
    patience = {"PATIENCE": figures["PATIENCE"]} if "PATIENCE" in figures else {}
    with started(request.param, PRODUCT, folder, **settings, **patience) as server:
        yield Place(server.host, server.pid, people, hang, request.param)
    log = "".join(file.read_text() for file in folder.glob("*.log"))
    assert "Traceback" not in log
    assert "ERROR" not in log


class Place:
    def __init__(self, host, pid, people, hang, name):
        self.host, self.pid, self.people, self.hang, self.name = host, pid, people, hang, name

    def some(self, count):
        """So many people whom nobody has taken yet."""
        taken, self.people = self.people[:count], self.people[count:]
        assert len(taken) == count
        return taken
