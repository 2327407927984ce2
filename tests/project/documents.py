"""Parse the documents: code blocks, links and headings."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.support.fresh_copy import ROOT

OUTSIDE_DOCS = "README.md CONTRIBUTING.md SECURITY.md CHANGELOG.md deploy/README.md"
PAGES = [*map(ROOT.joinpath, OUTSIDE_DOCS.split()), *sorted((ROOT / "docs").glob("*.md"))]
FENCE = "```"
NOTE = re.compile(r"<!-- (with|before|after|to|fails):? ?(.*?) ?-->")
LINK = re.compile(r"\]\(([^)\s]+)\)")


class Block(NamedTuple):
    """A block of code. `notes` are HTML comments right above it:

    `with` names the stores that its commands need (postgres, redis), `before` and `after` are
    commands of the test, `to` is the file that a diff changes, and `fails` marks commands that must
    fail.
    """

    language: str
    text: str
    line: int
    notes: dict[str, str]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> Iterator[Block]:
    notes: dict[str, str] = {}
    opened: tuple[int, str, dict[str, str]] | None = None
    inside: list[str] = []
    for number, line in enumerate(page.read_text().splitlines(), start=1):
        if opened and line == FENCE:
            begun, language, above = opened
            yield Block(language, "\n".join(inside), begun, above)
            opened = None
        elif opened:
            inside.append(line)
        elif line.startswith(FENCE):
            opened, inside, notes = (number, line.removeprefix(FENCE), notes), [], {}
        elif note := NOTE.fullmatch(line):
            notes[note[1]] = note[2]
        else:
            notes = {}
    assert not opened, f"{page.name} has a block without an end"


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return re.sub(rf"^{FENCE}.*?^{FENCE}$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def codes(page: Path) -> list[str]:
    """Return the inline code of a page."""
    return re.findall(r"`([^`\n]+)`", prose(page))


def links(page: Path) -> list[str]:
    return LINK.findall(re.sub(r"`[^`\n]*`", "", prose(page)))


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives to headings."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE):
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return found
