"""docs/promises.md has every promise, with tests that exist and numbers that the standard has."""

import re
from typing import NamedTuple

import pytest

from tests.project.named_tests import missing
from tests.support.fresh_copy import ROOT

PAGE = (ROOT / "docs" / "promises.md").read_text()
LINES = """
A1 A2 A3 A5 A7 A8 A9 A10 A12 A13 A14 A15 A17
B1 B2 B4 B8 B9 B10
C1 C3 C5 C6 C7 C8 C9 C13 C14 C15 C16 C17
D1 D2 D4 D6 D7 D8 D9
E1 E2 E3 E4 E6 E7 E9 E11 E12 E13 E14 E15
F1 F2 F3 F4 F5 F6 F7 F8 F9
K1 K2 K3 K4 K5
N1 N2 N3 N4 N5 N9
"""
# The number of requirements in each section of ASVS 5.0.0 that the page names.
SECTIONS = """
1.2:10 1.5:3 2.2:3 2.4:2 3.2:3 3.3:5 3.4:8 3.5:8 3.6:1 3.7:5 4.1:5 4.4:4
6.1:3 6.2:12 6.3:8 6.4:6 6.5:8 6.7:2 7.2:4 7.3:2 7.4:5 7.5:3 8.2:4 8.3:3
11.3:5 11.4:4 12.1:5 12.2:2 13.4:7 14.2:8 14.3:3 15.3:7 15.4:4 16.2:5 16.3:4 16.4:3 16.5:4
"""


class Row(NamedTuple):
    line: str
    promise: str
    tests: str


def rows() -> list[Row]:
    lines = re.findall(r"^\| (\w.+) \|$", PAGE.partition("## What no test shows")[0], re.MULTILINE)
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [Row(row[0], row[1], row[-1]) for row in cells]


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.line} {row.promise}")
def test_each_promise_names_existing_tests(row):
    named = re.findall(r"`([^`]+)`", row.tests)
    assert named
    assert [each for each in named if missing(each)] == []


def test_every_promise_is_listed():
    assert {row.line for row in rows() if row.line[1:].isdigit()} == set(LINES.split())


def test_every_number_exists_in_the_standard():
    numbers = re.findall(r"\b(\d+\.\d+)\.(\d+)\b", PAGE.replace("5.0.0", ""))
    assert len(numbers) > 60
    sizes = dict(each.split(":") for each in SECTIONS.split())
    for section, number in numbers:
        assert 1 <= int(number) <= int(sizes.get(section, 0)), f"{section}.{number}"


NO_TESTS = """
messaging/backends/test_mailbox_contract.py::TestNothing
messaging/backends/test_mailbox_contract.py::MailboxMachine
test_nothing.py::test_it
project/test_style.py::test_nothing_at_all
project/test_style.py
project/test_style.py::LIMITS
"""


@pytest.mark.parametrize("named", NO_TESTS.split())
def test_a_test_is_identified_by_its_file_and_name(named):
    assert missing(named)
    assert not missing("messaging/backends/test_mailbox_contract.py::TestMailbox")


# Each mention there must read "no end-to-end encryption".
PAGES_THAT_DENY_IT = [
    ROOT / name for name in ("SECURITY.md", "README.md", "docs/decisions.md", "docs/guide.md")
]


def test_end_to_end_encryption_is_mentioned_only_to_deny_it():
    claim = re.compile(r"end[- ]to[- ]end|\be2ee?\b|ende[- ]zu[- ]ende", re.IGNORECASE)
    denial = re.compile(r"\bno end-to-end encryption", re.IGNORECASE)
    for page in PAGES_THAT_DENY_IT:
        text = " ".join(page.read_text().split())
        assert len(claim.findall(text)) == len(denial.findall(text)) > 0, page.name
    folders = ("docs", "templates", "static", "deploy", "config", "accounts", "messaging")
    endings = (".md", ".html", ".txt", ".po", ".py", ".js", ".svg", ".conf")
    files = [file for name in folders for file in (ROOT / name).rglob("*")]
    texts = {ROOT / "CHANGELOG.md", *(file for file in files if file.name.endswith(endings))}
    texts -= set(PAGES_THAT_DENY_IT)
    assert len(texts) > 200
    assert [file for file in texts if claim.search(file.read_text())] == []
