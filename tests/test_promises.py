"""docs/promises.md: every promise is there once, with tests that are there too."""

import re
from typing import NamedTuple

import pytest

from tests.fresh_copy import ROOT
from tests.named import missing

LINES = {
    *("A1", "A2", "A3", "A5", "A7", "A8", "A9", "A10", "A12", "A13", "A14"),
    *("B1", "B2", "B4", "B8", "B9"),
    *("C1", "C3", "C5", "C6", "C7", "C8", "C9", "C13", "C14"),
    *("D1", "D2", "D4", "D6", "D7", "D8"),
    *("E1", "E2", "E3", "E4", "E6", "E7", "E9", "E11", "E12", "E13", "E14"),
    *("N1", "N2", "N3", "N4", "N5", "N9"),
}


class Row(NamedTuple):
    line: str
    promise: str
    tests: str


def rows() -> list[Row]:
    text = (ROOT / "docs" / "promises.md").read_text().partition("## What no test shows")[0]
    lines = re.findall(r"^\| ([A-Z]\d+) \|(.+)\|$", text, re.MULTILINE)
    return [Row(line, *(cell.strip() for cell in rest.split("|"))) for line, rest in lines]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.line)
def test_each_promise_names_tests_that_are_there(row):
    named = re.findall(r"`([^`]+::[^`]+)`", row.tests)
    assert named
    assert [each for each in named if missing(each)] == []


def test_every_line_is_there_once():
    found = [row.line for row in rows()]
    assert sorted(found) == sorted(LINES)


@pytest.mark.parametrize(
    ("named", "is_missing"),
    [
        ("messaging/test_mailbox_machine.py::TestMailbox", False),
        ("messaging/test_mailbox_machine.py::TestNothing", True),
        ("messaging/test_mailbox_machine.py::MailboxMachine", True),
    ],
)
def test_a_machine_is_known_by_the_name_that_its_tests_are_given(named, is_missing):
    assert missing(named) is is_missing
