"""Sotto starts without make, with only the packages of base.txt."""

import importlib.metadata
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.request import urlopen

import pytest

from tests.support.fresh_copy import ROOT, environment, make_copy, manage
from tests.support.servers import free_port

# Python runs a module of this name when it starts.
REFUSING = """
import sys

class Refuses:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names}:
            raise ModuleNotFoundError("It is not in base.txt: " + name, name=name)

sys.meta_path.insert(0, Refuses())
"""
LOAD_COMMANDS = """
from django.core.management import get_commands, load_command_class
for name, app in get_commands().items():
    if app in {"accounts", "messaging"}:
        print(load_command_class(app, name).help)
"""


def pinned(file: str) -> set[str]:
    """Return the distributions in a requirements file."""
    return set(re.findall(r"(?m)^([\w.-]+)==", (ROOT / "requirements" / file).read_text()))


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory):
    """Return an environment without the packages that base.txt does not list."""
    others = pinned("dev.txt") - pinned("base.txt")

    def is_of_others(owners: list[str]) -> bool:
        return {re.sub("[-_.]+", "-", each).lower() for each in owners} <= others

    found = importlib.metadata.packages_distributions()
    names = {name for name, owners in found.items() if is_of_others(owners)}
    assert names >= {"pytest", "redis", "psycopg"}
    folder = tmp_path_factory.mktemp("base")
    (folder / "sitecustomize.py").write_text(REFUSING.replace("{names}", repr(names)))
    return {"PYTHONPATH": str(folder)}


@pytest.fixture(scope="module")
def fresh_copy(tmp_path_factory, newcomer):
    folder = make_copy(tmp_path_factory.mktemp("sotto"))
    migrated = manage(folder, "migrate", **newcomer)
    assert migrated.returncode == 0, migrated.stderr
    return folder


@contextmanager
def running_site(folder, variables):
    """Run the development server, and yield its URL once it answers."""
    port = free_port()
    command = [sys.executable, "manage.py", "runserver", str(port), "--noreload"]
    with (
        (folder / "server.log").open("w") as log,
        subprocess.Popen(
            command, cwd=folder, env=environment(variables), stdout=log, stderr=log
        ) as server,
    ):
        try:
            wait_for(port, server)
            yield f"http://localhost:{port}"
        finally:
            server.kill()


def wait_for(port: int, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
    pytest.fail("the server did not start")


def read(address: str) -> str:
    with urlopen(address, timeout=10) as response:
        return str(response.read().decode())


def test_the_key_is_written_for_its_owner_alone(fresh_copy):
    file = fresh_copy / ".env"
    assert file.stat().st_mode & 0o777 == 0o600
    [line] = file.read_text().splitlines()
    name, _, key = line.partition("=")
    assert name == "SECRET_KEY"
    assert len(key) >= 50


def test_the_key_stays_when_a_command_runs_again(fresh_copy):
    before = (fresh_copy / ".env").read_text()
    assert manage(fresh_copy, "migrate").returncode == 0
    assert (fresh_copy / ".env").read_text() == before


def test_two_copies_have_two_keys(fresh_copy, tmp_path):
    other = make_copy(tmp_path)
    assert manage(other, "migrate", "--help").returncode == 0  # any command writes the key
    assert (other / ".env").read_text() != (fresh_copy / ".env").read_text()


def test_the_site_answers(fresh_copy, newcomer):
    with running_site(fresh_copy, newcomer) as address:
        assert "Sotto" in read(f"{address}/accounts/login/")
        assert "@layer" in read(f"{address}/static/css/tokens.css")
    # It was started from another folder.
    assert "SITE_URL is http://localhost:8000" in (fresh_copy / "server.log").read_text()


def test_every_command_works_without_the_packages_for_several_processes(fresh_copy, newcomer):
    loaded = manage(fresh_copy, "shell", "--no-imports", "--command", LOAD_COMMANDS, **newcomer)
    assert loaded.returncode == 0, loaded.stderr
    assert "no message is kept" in loaded.stdout


def test_settings_that_need_other_packages_are_refused(fresh_copy, newcomer):
    refused = manage(fresh_copy, "shell", "--no-imports", "--command", "import redis", **newcomer)
    assert "It is not in base.txt: redis" in refused.stderr


def test_a_command_without_a_key_says_what_to_do(tmp_path):
    refused = manage(make_copy(tmp_path), "check")
    assert refused.returncode != 0
    assert "make run" in refused.stderr
    assert "Traceback" not in refused.stderr
