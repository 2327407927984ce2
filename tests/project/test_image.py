"""The image of deploy/Dockerfile, as far as it can be checked without Docker."""

import re
import subprocess
import sys

import pytest

from tests.server.stub_server import Handler, answering
from tests.support.fresh_copy import PARTS, ROOT, environment
from tests.support.servers import free_port

DEPLOY = ROOT / "deploy"


def instructions(word: str) -> list[str]:
    return re.findall(rf"^{word} (.+)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)


def test_the_image_contains_what_runs_and_nothing_else():
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert lines[1] == "*"
    admitted = {line.removeprefix("!") for line in lines if line.startswith("!")}
    wanted = {*PARTS, "deploy/healthcheck.py", "requirements/production.txt"}
    assert admitted == wanted - {".env.example"}
    assert all((ROOT / name).exists() for name in admitted)


def test_the_image_runs_as_an_unprivileged_user():
    [user] = instructions("USER")
    assert int(user.split(":")[0]) > 0
    assert re.fullmatch(r"PYTHON=\d+\.\d+\.\d+-[\w-]+", instructions("ARG")[0])


class Sotto(Handler):
    """Answer with this state, to this host name only."""

    state = 200

    def respond(self):
        is_known = self.headers["Host"] == "chat.example.org" and self.path == "/healthz"
        self.send_response(self.state if is_known else 400)
        self.end_headers()


def ask(port: int) -> int:
    command = [sys.executable, str(DEPLOY / "healthcheck.py"), f"http://127.0.0.1:{port}"]
    variables = environment({"SITE_URL": "https://chat.example.org"})
    return subprocess.run(command, env=variables, check=False).returncode


@pytest.mark.parametrize(("state", "code"), [(200, 0), (503, 1)])
def test_the_health_check_succeeds_if_the_server_answers(state, code, monkeypatch):
    monkeypatch.setattr(Sotto, "state", state)
    with answering(Sotto) as port:
        assert ask(port) == code


def test_the_health_check_fails_if_no_server_answers():
    assert ask(free_port()) == 1
