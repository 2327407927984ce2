"""Three processes with one Redis for the tests of a file. Their logs are checked at the end."""

import pytest

from tests.load.bench.machine import allow_many_files
from tests.load.fleet.fleet import Fleet
from tests.load.fleet.page import Page
from tests.support.stores import Postgres, Redis


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


@pytest.fixture(scope="module")
def keeping():
    """Run a Redis that stores everything on disk."""
    redis = Redis(keeps=True).start()
    yield redis
    redis.close()


@pytest.fixture(scope="module")
def database():
    """Run a PostgreSQL that logs every statement."""
    postgres = Postgres(log_statement="all").start()
    yield postgres
    postgres.close()


@pytest.fixture(scope="module")
def forgetful(keeping, database, tmp_path_factory):
    """Run two processes with short lifetimes and stores that keep everything."""
    allow_many_files()
    settings = {
        "DATABASE_URL": database.url,
        "DJANGO_SETTINGS_MODULE": "tests.load.fleet.forgetful_settings",
    }
    both = Fleet(tmp_path_factory.mktemp("forgetful"), keeping.url, count=2, **settings).start()
    yield both
    both.close()


@pytest.fixture
def leaving(monkeypatch):
    """Return a list of pages that are closed when the test ends."""
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
