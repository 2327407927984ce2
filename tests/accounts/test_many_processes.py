"""Sessions and throttles where three processes serve one site: real servers, with Redis between them."""

import re
import socket
import time
from contextlib import suppress
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.conftest import PASSWORD
from tests.servers import Server

SITE = "http://localhost:8000"


class Visitor:
    """A browser, which each time talks to the process that it is told."""

    def __init__(self):
        self.jar = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.jar))

    def get(self, server, path):
        return self._open(Request(f"{server.url}{path}", headers={"Host": "localhost:8000"}))

    def post(self, server, path, form="", **fields):
        _, page = self.get(server, form or path)
        token = re.findall(r'csrfmiddlewaretoken" value="([^"]+)"', page)[0]
        body = urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
        headers = {"Host": "localhost:8000", "Origin": SITE, "Referer": SITE}
        return self._open(Request(f"{server.url}{path}", body, headers))

    def _open(self, request):
        try:
            with self.opener.open(request, timeout=30) as response:
                return response.status, response.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    def window(self, server):
        cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)
        wire = socket.create_connection(("127.0.0.1", server.port))
        headers = {"Cookie": cookie}
        return connect(
            "ws://localhost:8000/ws/chat/", sock=wire, origin=Origin(SITE), additional_headers=headers, proxy=None
        )


@pytest.fixture(scope="module")
def servers(tmp_path_factory, redis_url):
    folder = tmp_path_factory.mktemp("servers")
    words = {"REDIS_URL": redis_url, "MAILBOX_KEY": "k" * 40, "site_url": SITE}
    running = [Server(folder, **words).start() for _ in range(3)]
    yield running
    for server in running:
        server.stop()


@pytest.fixture(autouse=True)
def empty(servers, redis_url):
    from redis import Redis

    with Redis.from_url(redis_url) as store:
        for key in store.scan_iter("sotto-attempts*"):
            store.delete(key)


def seconds_until_closed(window, since):
    """After the log-in page was named, the socket is closed with our code for "signed out"."""
    with suppress(ConnectionClosed):
        while True:
            window.recv(timeout=10)
    assert window.protocol.close_code == 4401
    return time.monotonic() - since


def enter(server, path, name):
    visitor = Visitor()
    status, _ = visitor.post(server, path, username=name, password=PASSWORD)
    assert status == 200
    return visitor


def is_open(window):
    window.ping().wait(5)
    return window.protocol.state.name == "OPEN"


@pytest.mark.parametrize("everywhere", ["others", "everywhere"])
def test_windows_at_other_processes_are_closed_within_a_second(servers, everywhere):
    first, second, third = servers
    name = f"alice-{everywhere}"
    here, phone = enter(first, "/accounts/signup/", name), enter(second, "/accounts/login/", name)
    with here.window(first) as mine, phone.window(second) as one, phone.window(third) as two:
        assert is_open(one)
        assert is_open(two)
        start = time.monotonic()
        here.post(first, "/accounts/devices/end/", form="/accounts/devices/", where=everywhere)
        assert seconds_until_closed(one, start) < 1
        assert seconds_until_closed(two, start) < 1
        if everywhere == "others":
            assert is_open(mine)
        else:
            seconds_until_closed(mine, start)


def shut_out(server, here, name):
    words = f"from accounts.models import User; u = User.objects.get(username='{name}'); u.is_active = False; u.save()"
    server.manage("shell", "--verbosity", "0", "--command", words)


def log_out(server, here, name):
    here.post(server, "/accounts/logout/", form="/accounts/")


def change_password(server, here, name):
    here.post(server, "/accounts/password/", current_password=PASSWORD, new_password="another long enough password")


@pytest.mark.parametrize(("end", "closes"), [(log_out, "here"), (change_password, "phone"), (shut_out, "here phone")])
def test_what_ends_sessions_closes_their_windows_at_every_process_and_no_others(servers, end, closes):
    first, second, third = servers
    name = f"alice-{end.__name__.replace('_', '-')}"
    here, phone = enter(first, "/accounts/signup/", name), enter(second, "/accounts/login/", name)
    with here.window(second) as mine, here.window(third) as other, phone.window(third) as theirs:
        windows = {"here": [mine, other], "phone": [theirs]}
        assert all(is_open(window) for window in (mine, other, theirs))
        end(first, here, name)
        since = time.monotonic()
        for who in closes.split():
            for window in windows.pop(who):
                assert seconds_until_closed(window, since) < 1
        # A new password gives the session that asked for it a new key: its own windows may go, to come back by it.
        assert all(is_open(window) for window in windows.get("phone", []))


def test_a_deleted_account_closes_its_windows_everywhere_and_nobody_elses(servers):
    first, second, third = servers
    here, other = enter(first, "/accounts/signup/", "dora"), enter(third, "/accounts/signup/", "emil")
    with here.window(second) as one, here.window(third) as two, other.window(third) as theirs:
        assert is_open(two)
        start = time.monotonic()
        here.post(first, "/accounts/delete/", current_password=PASSWORD)
        assert seconds_until_closed(one, start) < 1
        assert seconds_until_closed(two, start) < 1
        assert is_open(theirs)
        assert here.get(second, "/accounts/")[1].count("Log in")


def test_attempts_at_several_processes_are_counted_together_and_the_owner_gets_in(servers):
    owner = enter(servers[0], "/accounts/signup/", "fritz")
    owner.post(servers[0], "/accounts/logout/", form="/accounts/")
    wrong = {"username": "fritz", "password": "not the right password"}
    answers = [Visitor().post(servers[turn % 3], "/accounts/login/", **wrong)[0] for turn in range(51)]
    assert answers == [422] * 50 + [429]
    right = {"username": "fritz", "password": PASSWORD}
    assert Visitor().post(servers[1], "/accounts/login/", **right)[0] == 429
    status, page = owner.post(servers[2], "/accounts/login/", **right)
    assert status == 200
    assert "data-connection" in page
