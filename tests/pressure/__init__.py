"""Somebody overdoes it. What fails in here says with which figures."""

import pytest

pytest.register_assert_rewrite("tests.pressure.scenarios", "tests.pressure.returning")
