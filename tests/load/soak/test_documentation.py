"""Every command in the documents works, run from top to bottom, on one machine for each page."""

import shutil
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.conftest import PASSWORD
from tests.load.soak.simulated_machine import Machine
from tests.project.documents import PAGES, Block, blocks, name_of
from tests.support.fresh_copy import manage

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="they are written for servers with Linux"
)

FOLLOWED = [page for page in PAGES if any(block.language != "text" for block in blocks(page))]
# Commands that aren't run, and what tests them instead. Bash still parses them.
NOT_RUN = {
    "docker compose": "needs Docker; project/test_deploy.py and a test below check the services",
    "curl": "asks what systemd restarts; load/fleet/test_delivery.py runs this loop",
    "systemctl": "talks to the machine's systemd; project/test_deploy.py verifies the unit",
    "nginx": "server/test_proxies.py starts nginx with this file",
    "sudo -u postgres": "asks for a password; tests/support/stores.py has a server without one",
    "git pull": "needs a remote",
    "python -m venv": "creates what these tests run in",
    "python manage.py prove_ephemeral": "is long; messaging/ops/test_proof.py runs a shorter one",
    "make": "runs for minutes or rewrites files; `make --dry-run` checks the target",
}


@pytest.fixture(scope="module")
def urls(postgres, redis_url):
    """Return the URLs of the stores, with a new database."""
    with psycopg.connect(postgres.url, autocommit=True) as wire:
        wire.execute("CREATE DATABASE documents")
    return {
        "postgres": urlunsplit(urlsplit(postgres.url)._replace(path="/documents")),
        "redis": redis_url,
    }


@pytest.fixture(scope="module")
def inhabited(tmp_path_factory, urls):
    """Return a machine with Sotto installed, and with Alice as a user in both databases."""
    machine = Machine(tmp_path_factory.mktemp("inhabited"), urls).build()
    name = ["shell", "--no-imports", "--command"]
    alice = f"'alice', password='{PASSWORD}'"
    make = f"from accounts.models import User; User.objects.create_user({alice})"
    for url in ("", urls["postgres"]):
        variables = {"DATABASE_URL": url} if url else {}
        for words in (["migrate"], [*name, make]):
            done = manage(machine.project, *words, **variables)
            assert done.returncode == 0, done.stderr
    return machine


@pytest.fixture
def machine(tmp_path, inhabited):
    return inhabited.copy(tmp_path / "machine")


def follow(machine: Machine, block: Block) -> None:
    if block.language == "diff":
        return machine.edits(block)
    typed = machine.types(command_of(block) if block.language == "cron" else block)
    has_failed = typed.returncode != 0
    said = f"line {block.line}: {typed.stdout}{typed.stderr}"
    assert has_failed is ("fails" in block.notes), said


def command_of(block: Block) -> Block:
    """Return the command of a cron line, without the schedule and the user."""
    return block._replace(text=block.text.split(maxsplit=6)[6])


@pytest.mark.parametrize("page", FOLLOWED, ids=name_of)
def test_the_commands_of_a_page_work(page, machine):
    if "sqlite3 " in page.read_text() and not shutil.which("sqlite3"):
        pytest.skip("NO SQLITE3 HERE, and none could be fetched")
    for block in blocks(page):
        if block.language != "text":
            follow(machine, block)
    assert [command for command in machine.noted if not command.startswith(tuple(NOT_RUN))] == []


def test_every_command_that_is_not_run_is_in_a_document():
    text = "\n".join(block.text for page in PAGES for block in blocks(page)).replace(
        "python3", "python"
    )
    assert [command for command in NOT_RUN if command not in text] == []


def test_a_failing_command_is_found(machine):
    with pytest.raises(AssertionError, match="line 7"):
        follow(machine, Block("sh", "ls nowhere\ntrue", 7, {}))


def test_a_server_that_does_not_start_is_found(machine):
    with pytest.raises(AssertionError, match="SITE_URL"):
        follow(machine, Block("sh", "SITE_URL=nonsense python manage.py serve --port 8000", 1, {}))


def test_a_diff_that_does_not_apply_is_found(machine):
    with pytest.raises(AssertionError, match="no longer"):
        follow(machine, Block("diff", " nobody wrote this\n+nor this", 1, {"to": "manage.py"}))


def test_the_simulated_disk_is_separate(machine):
    follow(machine, Block("sh", "echo here > /etc/sotto.test; test -e /etc/sotto.test", 1, {}))
    assert (machine.folder / "etc" / "sotto.test").read_text() == "here\n"
