"""The plain way, without make: two commands in a fresh copy, and the site answers."""

import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.request import urlopen

import pytest

from tests.fresh_copy import environment, make_copy, manage
from tests.servers import free_port


@pytest.fixture(scope="module")
def fresh_copy(tmp_path_factory):
    folder = make_copy(tmp_path_factory.mktemp("sotto"))
    migrated = manage(folder, "migrate")
    assert migrated.returncode == 0, migrated.stderr
    return folder


@contextmanager
def running_site(folder):
    """Starts the development server; yields its address once it answers, and ends it afterwards."""
    port = free_port()
    command = [sys.executable, "manage.py", "runserver", str(port), "--noreload"]
    with (
        (folder / "server.log").open("w") as log,
        subprocess.Popen(command, cwd=folder, env=environment({}), stdout=log, stderr=log) as server,
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
    assert manage(other, "migrate").returncode == 0
    assert (other / ".env").read_text() != (fresh_copy / ".env").read_text()


def test_the_site_answers(fresh_copy):
    with running_site(fresh_copy) as address:
        assert "Sotto" in read(f"{address}/accounts/login/")
        assert "@layer" in read(f"{address}/static/css/tokens.css")


def test_a_command_without_a_key_says_what_to_do(tmp_path):
    refused = manage(make_copy(tmp_path), "check")
    assert refused.returncode != 0
    assert "make run" in refused.stderr
    assert "Traceback" not in refused.stderr
