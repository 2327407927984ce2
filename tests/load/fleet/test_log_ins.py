"""Many simultaneous log-ins: SQLite has one writer, and each waits for its turn."""

import http.client
import re
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from tests.conftest import PASSWORD
from tests.support.servers import ROOT

AT_ONCE = 50
MAKE = """
from django.contrib.auth import get_user_model
for name in {names}:
    get_user_model().objects.create_user(name, password={password!r})
"""
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def make(fleet, names):
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command"]
    words = MAKE.format(names=names, password=PASSWORD)
    subprocess.run([*command, words], cwd=ROOT, env=fleet.server.environment, check=True)


def log_in(fleet, place, name):
    """Return status and text of a log-in."""
    wire = http.client.HTTPConnection(
        "localhost", fleet.workers[place % len(fleet.workers)].port, timeout=60
    )
    try:
        wire.request("GET", "/accounts/login/")
        answer = wire.getresponse()
        cookie, page = answer.headers["Set-Cookie"].partition(";")[0], answer.read().decode()
        form = {
            "csrfmiddlewaretoken": TOKEN.findall(page)[0],
            "username": name,
            "password": PASSWORD,
        }
        headers = {
            "Cookie": cookie,
            "Origin": fleet.url,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        wire.request("POST", "/accounts/login/", urlencode(form), headers)
        answer = wire.getresponse()
        return answer.status, answer.read().decode()
    finally:
        wire.close()


def test_fifty_simultaneous_log_ins_succeed(fleet, record_property):
    names = [f"guest-{secrets.token_hex(5)}" for _ in range(AT_ONCE)]
    make(fleet, names)
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda place: log_in(fleet, *place), enumerate(names)))
    record_property("all of them in after, in s", round(time.monotonic() - began, 1))
    assert [answer for answer in answers if answer[0] != 302] == []
    assert not any("locked" in worker.log.read_text() for worker in fleet.workers)
