"""Attempts are counted by client address, as trusted proxies report it."""

import re
from http.client import HTTPConnection
from itertools import count
from urllib.parse import urlencode

import pytest

from accounts.auth import throttling
from tests.support.http_client import FORM
from tests.support.servers import Server

SIGN_UP = "/accounts/signup/"
MOST = throttling.SIGN_UP.most


class AddressForger:
    """A client that forges the header with its address."""

    def __init__(self, server):
        self.wire = HTTPConnection("127.0.0.1", server.port, timeout=30)
        self.host = f"localhost:{server.port}"
        self.origin = server.url
        _, headers, page = self._ask("GET", "198.51.100.99")
        self.cookie = headers["Set-Cookie"].partition(";")[0]
        self.token = re.findall(r'csrfmiddlewaretoken" value="([^"]+)"', page)[0]

    def tries(self, forwarded):
        """Return the status of a sign-up that cannot succeed."""
        words = {"csrfmiddlewaretoken": self.token, "username": "a/b", "password": "short"}
        more = {"Cookie": self.cookie, "Origin": self.origin, "Content-Type": FORM}
        return self._ask("POST", forwarded, urlencode(words), **more)[0]

    def _ask(self, method, forwarded, body=None, **headers):
        headers |= {"Host": self.host, "X-Forwarded-For": forwarded}
        self.wire.request(method, SIGN_UP, body, headers)
        answer = self.wire.getresponse()
        return answer.status, answer.headers, answer.read().decode()


@pytest.fixture
def visitor(request, tmp_path):
    server = Server(tmp_path, TRUSTED_PROXIES=request.param).start()
    somebody = AddressForger(server)
    yield somebody
    somebody.wire.close()
    server.stop()


@pytest.mark.parametrize("visitor", ["127.0.0.1"], indirect=True)
def test_each_address_behind_a_proxy_has_its_own_count(visitor):
    # The proxy appends the last address. The earlier ones may be forged, and the port changes each
    # time.
    told = (f"192.0.2.{number % 250}, 198.51.100.1:{50_000 + number}" for number in count())
    assert [visitor.tries(next(told)) for _ in range(MOST + 1)] == [422] * MOST + [429]
    assert visitor.tries("198.51.100.1") == 429
    for other in ("198.51.100.2:50000", "[2001:db8::1]:443"):
        assert visitor.tries(other) == 422


@pytest.mark.parametrize("visitor", [""], indirect=True)
def test_a_client_that_forges_a_new_address_each_time_is_still_counted(visitor):
    forged = (f"192.0.2.{number % 250}" for number in count())
    assert [visitor.tries(next(forged)) for _ in range(MOST + 1)] == [422] * MOST + [429]
