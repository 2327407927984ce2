"""Sessions and rate limits with three processes and a real Redis."""

import json
import socket
import uuid
from contextlib import ExitStack, contextmanager, suppress

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from messaging.rendering.page_version import PAGE_VERSION
from tests.conftest import PASSWORD
from tests.messaging.conftest import AT_ONCE
from tests.support.http_client import Visitor
from tests.support.servers import Server

SITE, SOCKET = "http://localhost:8000", "ws://localhost:8000/ws/chat/"
# A process that is still starting may miss messages from Redis.
SIGNED_OUT, RENEWED, AWAY = 4401, 4402, 4500


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


@contextmanager
def open_window(visitor):
    """Open a window that has said hello. It reconnects if it is told to."""
    with ExitStack() as stack:
        yield next(filter(None, (_entered(visitor, stack) for _ in range(3))))


def _entered(visitor, stack):
    wire = socket.create_connection(("127.0.0.1", visitor.server.port))
    cookie = {"Cookie": visitor.cookie()}
    window = stack.enter_context(
        connect(SOCKET, sock=wire, proxy=None, origin=Origin(SITE), additional_headers=cookie)
    )
    hello = {"window": uuid.uuid4().hex, "cursor": "", "away": "0", "pane": []}
    try:
        window.send(json.dumps({"type": "hello", "version": PAGE_VERSION, **hello}))
        while "cursor" not in window.recv(timeout=10):
            pass
    except ConnectionClosed:
        assert window.protocol.close_code == AWAY
        return None
    return window


def is_closed(window, code=SIGNED_OUT):
    """Return whether the window is closed with this code, at once."""
    with suppress(ConnectionClosed):
        while True:
            window.recv(timeout=AT_ONCE)
    return window.protocol.close_code == code


def is_open(window):
    window.ping().wait(5)
    return window.protocol.state.name == "OPEN"


@pytest.mark.parametrize("everywhere", ["others", "everywhere"])
def test_windows_at_other_processes_close_at_once(servers, everywhere):
    first, second, third = servers
    name = f"alice-{everywhere}"
    here, phone = Visitor(first).signs_up(name), Visitor(second).logs_in(name)
    with open_window(here) as mine, open_window(phone) as one, open_window(phone.at(third)) as two:
        here.posts("/accounts/devices/end/", page="/accounts/devices/", where=everywhere)
        assert is_closed(one)
        assert is_closed(two)
        assert is_open(mine) if everywhere == "others" else is_closed(mine)


def shut_out(here, name):
    words = f"u = User.objects.get(username='{name}'); u.is_active = False; u.save()"
    here.server.manage("shell", "--verbosity", "0", "--command", words)


def log_out(here, name):
    here.posts("/accounts/logout/", page="/accounts/")


def change_password(here, name):
    new = "another long enough password"
    here.posts("/accounts/password/", current_password=PASSWORD, new_password=new)


@pytest.mark.parametrize(
    ("end", "closes"),
    [
        (log_out, {"here": SIGNED_OUT}),
        (change_password, {"here": RENEWED, "phone": SIGNED_OUT}),
        (shut_out, {"here": SIGNED_OUT, "phone": SIGNED_OUT}),
    ],
)
def test_ending_sessions_closes_their_windows_at_every_process_and_no_others(servers, end, closes):
    first, second, third = servers
    name = f"alice-{end.__name__.replace('_', '-')}"
    here, phone = Visitor(first).signs_up(name), Visitor(third).logs_in(name)
    with (
        open_window(here.at(second)) as mine,
        open_window(here.at(third)) as other,
        open_window(phone) as theirs,
    ):
        end(here.at(first), name)
        for window, whose in ((mine, "here"), (other, "here"), (theirs, "phone")):
            assert is_closed(window, closes[whose]) if whose in closes else is_open(window)


def test_own_windows_reconnect_with_the_new_key_at_any_process(servers):
    first, second, third = servers
    here = Visitor(first).signs_up("carla")
    stolen = Visitor(third)
    stolen.cookies = dict(here.cookies)
    with open_window(here.at(second)) as window:
        change_password(here.at(first), "carla")
        assert is_closed(window, RENEWED)
    with open_window(here.at(third)) as window:
        assert is_open(window)
    assert stolen.asks("/").status == 302


def test_a_deleted_account_closes_its_windows_everywhere_and_no_others(servers):
    first, second, third = servers
    here, other = Visitor(first).signs_up("dora"), Visitor(third).signs_up("emil")
    with (
        open_window(here.at(second)) as one,
        open_window(here.at(third)) as two,
        open_window(other) as theirs,
    ):
        here.at(first).posts("/accounts/delete/", current_password=PASSWORD)
        assert is_closed(one)
        assert is_closed(two)
        assert is_open(theirs)
        [location] = here.at(second).asks("/accounts/").answer.all("location")
        assert location.startswith("/accounts/login/")


def test_attempts_at_several_processes_are_counted_together_and_the_owner_logs_in(servers):
    owner = Visitor(servers[0]).signs_up("fritz")
    owner.posts("/accounts/logout/", page="/accounts/")
    wrong = {"username": "fritz", "password": "not the right password"}
    others = [Visitor(servers[turn % 3]) for turn in range(51)]
    tries = [other.posts("/accounts/login/", **wrong).status for other in others]
    assert tries == [422] * 50 + [429]
    right = {"username": "fritz", "password": PASSWORD}
    assert Visitor(servers[1]).posts("/accounts/login/", **right).status == 429
    assert "data-connection" in owner.at(servers[2]).logs_in("fritz").asks("/").answer.body
