"""Somebody overdoes it. What fails in here says with which figures."""

import pytest

pytest.register_assert_rewrite("tests.load.pressure.scenarios", "tests.load.pressure.reconnecting")
