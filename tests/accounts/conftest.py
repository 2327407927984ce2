"""What every test about accounts starts from."""

import time

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nobody_has_tried():
    """The numbers of people come again after a test; what was counted for the last one must not count for the next."""
    cache.clear()


@pytest.fixture
def clock_stands(monkeypatch):
    """Not long after a count of tries has begun, so that it does not end within the test."""
    now = time.time() // 1800 * 1800 + 5
    monkeypatch.setattr("time.time", lambda: now)
