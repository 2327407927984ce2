"""The cast: Alice and Bob talk; Carol must see nothing of it."""

import os
import tempfile
from functools import cache

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.commands import flush
from django.test import Client, override_settings
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from servestatic.middleware import ServeStaticMiddleware

from accounts.auth.hashers import Argon2Hasher
from tests.support.settings_reader import Reader
from tests.support.stores import postgres, postgres_url, redis, redis_url  # noqa: F401 - fixtures

# No deadline, because the duration of an example depends on the load of the machine.
hypothesis_settings.register_profile("sotto", deadline=None)
hypothesis_settings.load_profile("sotto")


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "matrix: the like is tried anyway; left to `make matrix` (TEST_MATRIX)"
    )
    config.addinivalue_line(
        "markers",
        "memory(reason): runs in memory and SQLite alone; with tests.settings.shared it is skipped",
    )
    config.addinivalue_line(
        "markers",
        "product_pace: how soon or how often others are told, at the pace of the product",
    )


def pytest_collection_modifyitems(config, items):
    """Run browser tests last, because Playwright leaves an event loop running."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker("browser")
        if settings.REDIS_URL and (mark := item.get_closest_marker("memory")):
            item.add_marker(pytest.mark.skip(mark.args[0]))
    if "TEST_MATRIX" not in os.environ and (
        later := [item for item in items if item.get_closest_marker("matrix")]
    ):
        config.hook.pytest_deselected(items=later)
        items[:] = [item for item in items if item not in later]
    items.sort(key=lambda item: "tests/browser" in str(item.path))


PASSWORD = "a long enough password"


@pytest.fixture(scope="session", autouse=True)
def temporary_files_on_the_disk():
    """Keep temporary files on disk, although config.asgi puts those of a server into memory."""
    tempfile.tempdir = None


@pytest.fixture(scope="session", autouse=True)
def static_files_are_listed_once():
    """List the static files once, because each new test client lists them, which takes longer than
    most tests.
    """
    list_files = ServeStaticMiddleware.add_files_from_finders
    listed: dict = {}

    def list_files_once(middleware):
        if not listed:
            list_files(middleware)
            listed.update(files=middleware.files, directories=middleware.directories)
        vars(middleware).update(listed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ServeStaticMiddleware, "add_files_from_finders", list_files_once)
        yield


class QuickHasher(Argon2Hasher):
    memory_cost, time_cost = 64, 1


@pytest.fixture(scope="session", autouse=True)
def hashes_are_quick():
    """Hash passwords at little cost. A test of the cost sets PASSWORD_HASHERS by itself."""
    with override_settings(PASSWORD_HASHERS=[f"{__name__}.QuickHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def permissions_stay():
    """Empty all tables after a test, except for those that Django fills from the models, because
    filling them again takes longer than most tests.
    """
    filled = {"django_content_type", "auth_permission"}

    def empty(style, connection, **options):
        found = connection.introspection.django_table_names(only_existing=True, include_views=False)
        return connection.ops.sql_flush(style, sorted({*found} - filled), **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", empty)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_: None)
        yield


@pytest.fixture(autouse=True)
def reset_language():
    """Reset the language, which Django's test client leaves active."""
    yield
    translation.deactivate()


@cache
def hashed() -> str:
    """Hash the password once, because a secure hash is slow."""
    return make_password(PASSWORD)


def person(model, name):
    user = model(username=name, password=hashed())
    user.save()
    return user


def signed_in(user, **options):
    client = Client(**options)
    client.force_login(user)
    return client


@pytest.fixture
def alice(django_user_model, db):
    return person(django_user_model, "alice")


@pytest.fixture
def bob(django_user_model, db):
    return person(django_user_model, "bob")


@pytest.fixture
def carol(django_user_model, db):
    return person(django_user_model, "carol")


@pytest.fixture
def reader(monkeypatch, tmp_path):
    return Reader(monkeypatch, tmp_path)
