"""An HTTP client behind a proxy that terminates TLS, with cookies."""

import http.client
import re
from http.cookies import SimpleCookie
from typing import NamedTuple, Self
from urllib.parse import urlencode, urlsplit

from tests.conftest import PASSWORD
from tests.support.servers import Server

FORM = "application/x-www-form-urlencoded"


class Answer(NamedTuple):
    """A response with its original headers and its body."""

    headers: list[tuple[str, str]]
    body: str = ""

    def all(self, name: str) -> list[str]:
        """Return all values of a header, whose name is given in lower case."""
        return [value for each, value in self.headers if each.lower() == name]


class Reply(NamedTuple):
    status: int
    answer: Answer


class Visitor:
    """Send the headers that deploy/nginx.conf sends."""

    def __init__(self, server: Server, address: str = "198.51.100.7") -> None:
        self.server, self.address = server, address
        self.site = server.environment["SITE_URL"]
        self.cookies: dict[str, str] = {}

    def at(self, server: Server) -> Self:
        """Send further requests to another process."""
        self.server = server
        return self

    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def asks(
        self, path: str, method: str = "GET", body: str | None = None, **headers: str
    ) -> Reply:
        said = {
            "Host": urlsplit(self.site).netloc,
            "X-Forwarded-For": self.address,
            "X-Forwarded-Proto": "https",
            "Cookie": self.cookie(),
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
        # Cookies without a value were deleted.
        self.cookies = {name: value for name, value in self.cookies.items() if value}
        return Reply(reply.status, answer)

    def posts(self, path: str, page: str = "", **fields: str) -> Reply:
        """Post a form of the page at the same URL, or at `page`."""
        shown = self.asks(page or path).answer.body
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', shown)
        assert found, page or path
        return self.asks(path, "POST", urlencode({"csrfmiddlewaretoken": found[1], **fields}))

    def signs_up(self, name: str) -> Self:
        return self._comes_in("/accounts/signup/", name)

    def logs_in(self, name: str) -> Self:
        return self._comes_in("/accounts/login/", name)

    def _comes_in(self, path: str, name: str) -> Self:
        reply = self.posts(path, username=name, password=PASSWORD)
        assert reply.status == 302, reply
        return self
