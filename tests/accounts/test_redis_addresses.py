"""Attempts are counted in Redis at any kind of URL. If Redis refuses, an error is logged."""

import json
import re
import socket
from itertools import chain
from urllib.parse import quote

import pytest

from tests.conftest import PASSWORD
from tests.support.fresh_copy import ROOT, manage
from tests.support.http_client import Visitor
from tests.support.programs import HOST
from tests.support.serving import Serving
from tests.support.stores import Redis

# All characters that a password may contain unescaped (RFC 3986, 3.2.1), and all others.
RAW = "a,b;c!$&'()*+=:-._~d"
OTHERS = f"{RAW}/?#[]@% ü"
KEY = "for tests only, but as long as a key is"
COUNT = """
import json
from accounts.auth.throttling import Limit, wait
print("is", json.dumps([wait([(Limit("a test", 2, 86_400), "somebody")]) > 0 for _ in range(3)]))
"""


class ProtectedRedis(Redis):
    """A Redis with a user and password that also listens on a Unix socket."""

    def command(self):
        more = {"--requirepass": "root", "--unixsocket": str(self.folder / "redis.sock")}
        return [*super().command(), *chain.from_iterable(more.items())]

    def answers(self):
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as wire:
                wire.sendall(b"PING\r\n")
                return wire.recv(16).startswith(b"-NOAUTH")
        except OSError:
            return False

    def knows(self, name, password, *keys):
        rights = {"keys": keys, "channels": ["*"], "categories": ["+@all"]}
        self.asks().acl_setuser(name, enabled=True, passwords=f"+{password}", **rights)

    def asks(self, database=0):
        from redis import Redis as Client

        return Client(HOST, self.port, database, password="root")


@pytest.fixture(scope="module")
def store():
    guarded = ProtectedRedis().start()
    guarded.knows("raw", RAW, "*")
    guarded.knows("encoded", OTHERS, "*")
    # A missing permission: conversations work, but attempts are not counted.
    guarded.knows("forgotten", "x", "sotto:*")
    yield guarded
    guarded.close()


@pytest.mark.parametrize(
    ("address", "database"),
    [
        (f"redis://raw:{RAW}@{{place}}/1", 1),
        (f"redis://raw:{quote(RAW, safe='')}@{{place}}?db=2", 2),
        (f"redis://encoded:{quote(OTHERS, safe='')}@{{place}}/3", 3),
        (f"unix://raw:{RAW}@{{folder}}/redis.sock?db=4", 4),
    ],
)
def test_attempts_are_counted_at_every_address(store, address, database):
    url = address.format(place=f"{HOST}:{store.port}", folder=store.folder)
    keys = {"SECRET_KEY": KEY, "MAILBOX_KEY": KEY}
    counted = manage(ROOT, "shell", "--no-imports", "-c", COUNT, REDIS_URL=url, **keys)
    assert json.loads(counted.stdout.partition("is ")[2]) == [False, False, True], counted.stderr
    assert "each process counts its own" not in counted.stderr
    assert len(store.asks(database).keys("sotto-attempts*")) == 1


def test_a_refusing_redis_does_not_lift_the_limits(store, tmp_path):
    url = f"redis://forgotten:x@{HOST}:{store.port}/0"
    proxies = {"TRUSTED_PROXIES": "127.0.0.1,::1"}
    server = Serving(tmp_path, REDIS_URL=url, MAILBOX_KEY=KEY, **proxies).start()
    try:
        assert server.asks("/readyz") == (503, "not ready: throttles\n")
        metrics = server.asks("/metrics")[1]
        ready = dict(re.findall(r'sotto_ready\{check="(\w+)".*\} (\S+)', metrics))
        assert ready == {"database": "1.0", "memory": "1.0", "throttles": "0.0"}
        wrong = {"username": "nobody", "password": "not the right password"}
        tries = [Visitor(server).posts("/accounts/login/", **wrong).status for _ in range(51)]
        assert tries == [422] * 50 + [429]
        assert Visitor(server).signs_up("alice").asks("/").status == 200
    finally:
        server.stop()
    log = server.log.read_text()
    assert log.count("Attempts cannot be counted together (NoPermissionError)") == 1
    assert PASSWORD not in log
