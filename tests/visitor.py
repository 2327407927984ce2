"""Somebody at a site on https, seen from behind the proxy that ends it: requests one by one, with cookies."""

import http.client
import re
from http.cookies import SimpleCookie
from typing import NamedTuple, Self
from urllib.parse import urlencode, urlsplit

from tests.conftest import PASSWORD
from tests.observatory import Answer
from tests.serving import Serving

FORM = "application/x-www-form-urlencoded"


class Reply(NamedTuple):
    status: int
    answer: Answer


class Visitor:
    """What the proxy passes on of theirs is what deploy/nginx.conf passes on."""

    def __init__(self, server: Serving, address: str = "198.51.100.7") -> None:
        self.server, self.address = server, address
        self.site = server.environment["SITE_URL"]
        self.cookies: dict[str, str] = {}

    def asks(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Reply:
        said = {
            "Host": urlsplit(self.site).netloc,
            "X-Forwarded-For": self.address,
            "X-Forwarded-Proto": "https",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            **({"Origin": self.site, "Content-Type": FORM} if method == "POST" else {}),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        wire = http.client.HTTPConnection("localhost", self.server.port, timeout=20)
        wire.request(method, path, body, said)
        reply = wire.getresponse()
        answer = Answer(reply.getheaders(), reply.read().decode(errors="replace"))
        wire.close()
        for line in answer.all("set-cookie"):
            self.cookies |= {name: cookie.value for name, cookie in SimpleCookie(line).items()}
        return Reply(reply.status, answer)

    def posts(self, path: str, page: str = "/accounts/login/", **fields: str) -> Reply:
        """A form as a page of the site has it."""
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.asks(page).answer.body)
        assert found, page
        return self.asks(path, "POST", urlencode({"csrfmiddlewaretoken": found[1], **fields}))

    def signs_up(self, name: str) -> Self:
        reply = self.posts("/accounts/signup/", username=name, password=PASSWORD)
        assert reply.status == 302, reply
        return self
