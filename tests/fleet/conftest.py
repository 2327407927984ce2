"""Three workers over one Redis, for the tests of a file; what stands in the log of one is looked at in the end."""

import pytest

from tests.bench.machine import allow_many_files
from tests.fleet.fleet import Fleet
from tests.fleet.page import Page
from tests.stores import Redis


@pytest.fixture(scope="module")
def store():
    redis = Redis().start()
    yield redis
    redis.close()


@pytest.fixture(scope="module")
def fleet(store, tmp_path_factory):
    allow_many_files()
    fleet = Fleet(tmp_path_factory.mktemp("fleet"), store.url).start()
    yield fleet
    fleet.close()


@pytest.fixture
def leaving(monkeypatch):
    """Every page that a test opens is closed when it ends: a list of them."""
    pages: list[Page] = []
    make = Page.__init__

    def noted(page, *words):
        make(page, *words)
        pages.append(page)

    monkeypatch.setattr(Page, "__init__", noted)
    return pages


@pytest.fixture(autouse=True)
async def all_close(leaving):
    yield
    for page in leaving:
        await page.closes()
