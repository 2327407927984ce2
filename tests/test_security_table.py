"""SECURITY.md promises nothing without a test: those that its table names are there."""

import re
from typing import NamedTuple

import pytest

from tests.fresh_copy import ROOT
from tests.named import missing

HEAD = "| | promise | ASVS 5.0.0 | held by |"
LINES = {"E1", "E2", "E3", "E4", "E6", "E7", "E9", "E11", "E12", "E13", "E14", "D1", "D2", "D4", "D6", "D7", "D8"}
# How many requirements each section of ASVS 5.0.0 has, of those that are named.
SECTIONS = {
    "1.2": 10, "1.5": 3, "2.2": 3, "2.4": 2, "3.2": 3, "3.3": 5, "3.4": 8, "3.5": 8, "3.6": 1, "3.7": 5, "4.1": 5,
    "4.4": 4, "6.1": 3, "6.2": 12, "6.3": 8, "6.4": 6, "6.5": 8, "6.7": 2, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 3,
    "8.2": 4, "8.3": 3, "11.3": 5, "11.4": 4, "12.1": 5, "12.2": 2, "13.4": 7, "14.2": 8, "14.3": 3, "15.3": 7,
    "15.4": 4, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 4,
}  # fmt: skip


class Row(NamedTuple):
    line: str
    promise: str
    sections: str
    tests: str


def rows() -> list[Row]:
    table = (ROOT / "SECURITY.md").read_text().partition(HEAD)[2].partition("\n\n")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()[1:]]
    return [Row(*row) for row in cells]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.promise)
def test_each_promise_names_tests_that_are_there(row):
    named = re.findall(r"`([^`]+)`", row.tests)
    assert named
    assert [each for each in named if missing(each)] == []


@pytest.mark.parametrize(
    "named",
    ["test_nothing.py::test_it", "test_style.py::test_nothing_at_all", "test_style.py", "test_style.py::LIMITS"],
)
def test_a_test_that_is_not_there_would_be_noticed(named):
    assert missing(named)


def test_every_line_is_there():
    assert {row.line for row in rows()} >= LINES


def test_every_number_is_one_of_the_standard():
    text = (ROOT / "SECURITY.md").read_text().partition(HEAD)[2].replace("ASVS 5.0.0", "")
    numbers = re.findall(r"\b(\d+\.\d+)\.(\d+)\b", text.partition("## Reporting")[0])
    assert len(numbers) > 60
    wrong = [f"{section}.{number}" for section, number in numbers if not 1 <= int(number) <= SECTIONS.get(section, 0)]
    assert wrong == []
