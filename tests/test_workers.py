"""Several workers on one socket: one that dies is replaced, all in turn when asked, and none outlives the rest."""

import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.serving import Serving

WORKERS = 2
WORDS = ("--workers", str(WORKERS), "--settings", "tests.several_settings")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells whose child a process is")


@pytest.fixture
def server(tmp_path):
    yield from started(tmp_path)


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    """One for those after whom it still stands."""
    yield from started(tmp_path_factory.mktemp("standing"))


def started(folder):
    server = Serving(folder, *WORDS)
    server.begin()
    until(lambda: are_ready(server))
    yield server
    server.stop()


def are_ready(server):
    """All of them; the first one answers earlier."""
    return f"{WORKERS} workers are ready" in server.log.read_text()


def until(is_so, seconds=30):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


def is_gone(pid):
    """A process that nobody has asked for its exit code yet has gone as well."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def who_answers(server):
    (number,) = re.findall(r'sotto_windows{worker="(\d)"}', server.asks("/metrics")[1])
    return number


def test_each_answers_at_the_same_address(standing):
    until(lambda: {who_answers(standing) for _ in range(20)} == {"1", "2"})


def test_one_that_dies_is_replaced(server):
    before = server.workers()
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    assert server.asks("/healthz") == (200, "ok\n")  # by the other one
    until(lambda: len(server.workers() - {victim}) == WORKERS)
    assert len(server.workers() & before) == WORKERS - 1
    assert "has died (-9)" in server.log.read_text()
    server.tell()
    assert server.ends() == 0


def test_asked_for_it_replaces_all_and_answers_all_the_while(standing):
    server = standing
    before = server.workers()
    server.tell(signal.SIGHUP)

    def are_new():
        assert server.asks("/healthz") == (200, "ok\n")
        return "All workers have been replaced" in server.log.read_text()

    until(are_new)
    assert len(server.workers()) == WORKERS
    assert not server.workers() & before
    assert "ERROR" not in server.log.read_text()


def test_asked_while_it_starts_it_starts(tmp_path):
    server = Serving(tmp_path, *WORDS)
    server.begin()
    until(server.workers)
    server.tell(signal.SIGHUP)
    try:
        until(lambda: are_ready(server))
        assert "there is none to replace yet" in server.log.read_text()
        server.tell()
        assert server.ends() == 0, server.log.read_text()
    finally:
        server.stop()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_takes_all_of_them_along(server, how):
    workers = server.workers()
    server.tell(how)
    assert server.ends() == 0, server.log.read_text()
    assert all(map(is_gone, workers))


def test_no_worker_outlives_it(server):
    workers = server.workers()
    server.tell(signal.SIGKILL)
    server.ends()
    until(lambda: all(map(is_gone, workers)))
