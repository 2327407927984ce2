"""Links, files, commands and Makefile targets that the documents name exist."""

import re

import pytest
import yaml
from django.core.management import get_commands

from tests.project.documents import LINK, PAGES, anchors, blocks, codes, links, name_of, prose
from tests.support.fresh_copy import ROOT

FOREIGN = ("http://", "https://", "mailto:")
# These pages name files relative to the root of the project.
MAPS = [ROOT / "docs" / "architecture.md", ROOT / "CONTRIBUTING.md"]
PLACES = "config|accounts|messaging|templates|static|tests|deploy|docs|requirements"
FILE = re.compile(rf"(?:{PLACES})/[\w./-]*|\.env\.example")
COMPOSE = re.compile(
    r"docker compose --env-file (\S+) --file (\S+) (\w+)(?: --?[\w-]+)*(?: (\w+))?"
)
TARGETS = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def leads_nowhere(page, link: str) -> bool:
    place, _, anchor = link.partition("#")
    target = (page.parent / place).resolve() if place else page
    return not target.exists() or (bool(anchor) and anchor not in anchors(target))


def is_no_command(code: str) -> bool:
    """Return whether code like `make soak` or `manage.py check` names a command that is missing."""
    if target := re.match(r"make ([a-z]+)", code):
        return target[1] not in TARGETS
    command = re.search(r"manage\.py ([a-z_]+)", code)
    return bool(command) and command[1] not in get_commands()  # type: ignore[index]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_has_a_target(page):
    ours = [link for link in links(page) if not link.startswith(FOREIGN)]
    assert [link for link in ours if leads_nowhere(page, link)] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_mentioned_command_exists(page):
    assert [code for code in codes(page) if is_no_command(code)] == []


@pytest.mark.parametrize("page", MAPS, ids=name_of)
def test_every_mentioned_file_exists(page):
    said = [*codes(page), *(block.text for block in blocks(page) if block.language == "text")]
    named = {file for text in said for file in FILE.findall(text)}
    assert len(named) > 4
    assert sorted(file for file in named if not (ROOT / file).exists()) == []


def test_every_page_is_in_the_index():
    index = ROOT / "docs" / "README.md"
    listed = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}
    assert {page for page in PAGES if page.parent == index.parent} - listed == {index}


@pytest.mark.parametrize(
    "link", ["nowhere.md", "docs/start.md#nowhere", "#nowhere", "docs/nowhere/"]
)
def test_a_broken_link_is_found(link):
    assert LINK.findall(f"see [there]({link}).") == [link]
    assert leads_nowhere(ROOT / "README.md", link)


@pytest.mark.parametrize("code", ["make coffee", "python manage.py make_coffee --strong"])
def test_a_missing_command_is_found(code):
    assert is_no_command(code)


ALL_BLOCKS = [block for page in PAGES for block in blocks(page)]


def test_every_block_has_a_known_language():
    assert {block.language for block in ALL_BLOCKS} == {"sh", "cron", "diff", "text"}
    indented = re.compile(r"\n\n    \S")
    assert [name_of(page) for page in PAGES if indented.search(prose(page))] == []


def test_compose_is_asked_for_existing_services():
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    text = "\n".join(block.text for block in ALL_BLOCKS)
    asked = COMPOSE.findall(text)
    assert len(asked) == text.count("docker compose")
    for variables, file, word, service in asked:
        assert (ROOT / f"{variables}.example").is_file()
        assert (ROOT / file).is_file()
        assert word in {"up", "exec", "stop"}
        assert (service in services) is (word != "up")
