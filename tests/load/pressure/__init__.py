"""Clients that exceed limits. Failures show the measured numbers."""

import pytest

pytest.register_assert_rewrite("tests.load.pressure.scenarios", "tests.load.pressure.reconnecting")
