"""Fixtures for tests of accounts."""

import time
from types import SimpleNamespace

import pytest
from django.core.cache import caches

from accounts.auth import throttling
from accounts.models import User
from tests.conftest import PASSWORD, signed_in


@pytest.fixture(autouse=True)
def reset_attempts():
    """Reset the attempt counters, because user ids are reused in later tests."""
    for store in caches.all():
        store.clear()


@pytest.fixture
def stopped_clock(monkeypatch):
    """Stop the clock of the attempt counters, so that none expires during the test."""
    now = time.time() // 1800 * 1800 + 5
    monkeypatch.setattr(throttling, "time", SimpleNamespace(time=lambda: now))


@pytest.fixture
def root(db):
    return User.objects.create_superuser(username="Ruth", password=PASSWORD)


@pytest.fixture
def staff(root):
    return signed_in(root)
