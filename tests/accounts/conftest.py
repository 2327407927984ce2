"""What every test about accounts starts from."""

import time
from types import SimpleNamespace

import pytest
from django.core.cache import caches

from accounts.auth import throttling
from accounts.models import User
from tests.conftest import PASSWORD, signed_in


@pytest.fixture(autouse=True)
def nobody_has_tried():
    """The numbers of people come again after a test; what was counted for the last one must not
    count for the next.
    """
    for store in caches.all():
        store.clear()


@pytest.fixture
def clock_stands(monkeypatch):
    """A count of tries has just begun and does not end within the test. All else goes by the real
    clock.
    """
    now = time.time() // 1800 * 1800 + 5
    monkeypatch.setattr(throttling, "time", SimpleNamespace(time=lambda: now))


@pytest.fixture
def root(db):
    return User.objects.create_superuser(username="Ruth", password=PASSWORD)


@pytest.fixture
def staff(root):
    return signed_in(root)
