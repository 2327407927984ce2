"""`make run` starts the site at the URL in .env, or at the port on the command line."""

import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.project.test_first_steps import read, wait_for
from tests.support.fresh_copy import ROOT, environment, make_copy, run
from tests.support.servers import free_port
from tests.support.wait import end


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory):
    """Return a copy in which `make` has installed its packages."""
    folder = make_copy(tmp_path_factory.mktemp("sotto"))
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "requirements").mkdir()
    shutil.copy(ROOT / "requirements" / "base.txt", folder / "requirements")
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (programs / "python").chmod(0o755)
    (programs / "pip").touch()
    (folder / ".venv" / ".installed-base").touch()
    return folder


@contextmanager
def made(folder, port):
    """Run `make run`, and yield its output once the site answers at this port."""
    log = folder / "make.log"
    with (
        log.open("w") as file,
        subprocess.Popen(
            ["make", "run"],
            cwd=folder,
            env=environment({"PYTHONUNBUFFERED": "1"}),
            stdout=file,
            stderr=file,
            start_new_session=True,
        ) as server,
    ):
        try:
            wait_for(port, server)
            yield log.read_text()
        finally:
            end(server)


def test_it_starts_where_the_file_says(newcomer):
    port = free_port()
    lines = f'SITE_URL=http://localhost:1\nexport SITE_URL="http://localhost:{port}"\n'
    (newcomer / ".env").write_text(f"SECRET_KEY=for-tests-only\n{lines}")
    with made(newcomer, port) as said:
        assert f"1. Open http://localhost:{port} and sign up." in said
        assert f"http://localhost:{port}/accounts/invitation/" in said
        assert "Log in" in read(f"http://localhost:{port}/accounts/login/")


def make(folder, *words):
    return run(["make", *words], folder, environment({}))


@pytest.mark.parametrize(
    ("words", "site", "address"),
    [
        (["PORT=8001"], "SITE_URL=http://localhost:8001 ", " localhost:8001"),
        (["PORT=8001", "SITE_URL=http://chat.localhost:8001"], "", " localhost:8001"),
        ([], "", ""),
    ],
)
def test_a_port_on_the_command_line_takes_precedence(newcomer, words, site, address):
    told = make(newcomer, "--dry-run", "run", *words)
    assert told.returncode == 0, told.stderr
    assert [line.strip() for line in told.stdout.splitlines()] == [
        f"{site}.venv/bin/python manage.py migrate --verbosity 0",
        f"{site}.venv/bin/python manage.py welcome",
        f"{site}exec .venv/bin/python manage.py runserver{address}",
    ]


def test_a_taken_port_is_reported(newcomer):
    (newcomer / ".env").write_text("SECRET_KEY=for-tests-only\n")
    with socket.create_server(("localhost", 0)) as taken:
        port = taken.getsockname()[1]
        refused = make(newcomer, "run", f"PORT={port}")
    assert refused.returncode != 0
    assert f"Port {port} is already in use. Use another one: make run PORT=8001" in refused.stderr
