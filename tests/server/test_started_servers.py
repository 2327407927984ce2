"""Tests, benchmarks and the proof start the server like operators do."""

import pytest

from tests.support.fresh_copy import ROOT

# In two parts, because this file is searched too.
OTHERS = ('"-m", ' + '"daphne"', "-m " + "daphne", "daphne " + "-")
FILES = [*ROOT.glob("tests/**/*.py"), *ROOT.glob("messaging/**/*.py"), ROOT / "Makefile"]


@pytest.mark.parametrize("words", OTHERS)
def test_nothing_starts_daphne_by_its_own_command(words):
    assert [str(file.relative_to(ROOT)) for file in FILES if words in file.read_text()] == []
