"""Three workers over one Redis, for the tests of a file; what stands in the log of one is looked at
in the end.
"""

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
    """A Redis that writes down whatever it is given."""
    redis = Redis(keeps=True).start()
    yield redis
    redis.close()


@pytest.fixture(scope="module")
def database():
    """A PostgreSQL that writes down whatever it is asked."""
    postgres = Postgres(log_statement="all").start()
    yield postgres
    postgres.close()


@pytest.fixture(scope="module")
def forgetful(keeping, database, tmp_path_factory):
    """Two workers that forget within seconds, over stores that keep everything."""
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
