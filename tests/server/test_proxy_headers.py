"""Responses of nginx and Caddy themselves have Sotto's headers, and Sotto's own are unchanged."""

import http.client
import ssl
from collections.abc import Callable

import pytest
from django.conf import settings

from tests.server.caddy import Caddy
from tests.server.nginx import Nginx
from tests.server.stub_server import Handler, answering
from tests.support.http_client import Answer
from tests.support.programs import Program
from tests.support.servers import free_port

CANARY = "canary-9d1f"
DRESS = {
    **settings.SECURITY_HEADERS,
    "Strict-Transport-Security": "max-age=1",
    "Cache-Control": "max-age=2",
}
# Headers of a proxy's own responses, in addition to DRESS.
OWN = {
    **{name.lower(): value for name, value in settings.SECURITY_HEADERS.items()},
    "content-security-policy": "default-src 'none'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'none'",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), "
    "payment=(), usb=()",
    "cache-control": "no-store",
}


class Sotto(Handler):
    """Answer like Sotto."""

    def respond(self):
        self.send_response(200)
        for name, value in {**DRESS, "Content-Length": "2"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"ok")


@pytest.fixture(scope="module")
def sotto():
    with answering(Sotto) as port:
        yield port


KINDS: dict[str, Callable[[int], Program]] = {
    "nginx": Nginx,
    "nginx with TLS": lambda port: Nginx(port, secure=True),
    "Caddy": Caddy,
}


@pytest.fixture(params=KINDS)
def start(request):
    """Return a function that starts the proxy in front of a port."""
    proxies: list[Program] = []

    def start_it(port: int) -> Program:
        proxies.append(KINDS[request.param](port).start())
        return proxies[-1]

    yield start_it
    for proxy in proxies:
        proxy.close()


def ask(proxy, path="/", body=None, **headers) -> tuple[int, Answer]:
    wire = http.client.HTTPConnection("localhost", proxy.port, timeout=20)
    if proxy.url.startswith("https:"):
        trust = ssl.create_default_context(cafile=str(proxy.folder / "fullchain.pem"))
        wire = http.client.HTTPSConnection("localhost", proxy.port, timeout=20, context=trust)
    wire.request("POST" if body else "GET", path, body, headers)
    reply = wire.getresponse()
    answer = Answer(reply.getheaders(), reply.read().decode())
    wire.close()
    return reply.status, answer


def says_each_once(answer: Answer, headers: dict[str, str]) -> bool:
    return all(answer.all(name.lower()) == [value] for name, value in headers.items())


def has_security_headers(proxy, answer: Answer) -> bool:
    is_secure = proxy.url.startswith("https:")
    assert says_each_once(answer, OWN)
    assert answer.all("strict-transport-security") == (["max-age=31536000"] if is_secure else [])
    assert not any(letter.isdigit() for line in answer.all("server") for letter in line)
    return True


def test_a_stopped_upstream_has_its_headers(start):
    proxy = start(free_port())
    status, answer = ask(proxy, f"/{CANARY}")
    assert status in {502, 503}
    assert has_security_headers(proxy, answer)
    assert CANARY not in proxy.log.read_text()


def test_closed_paths_and_large_bodies_have_their_headers(start, sotto):
    proxy = start(sotto)
    status, answer = ask(proxy, "/metrics")
    assert status == 404
    assert has_security_headers(proxy, answer)
    status, answer = ask(proxy, body=b"x" * 300_000, **{"Content-Length": "2000000"})
    assert status == 413
    assert has_security_headers(proxy, answer)


def test_headers_of_sotto_are_passed_once_and_unchanged(start, sotto):
    status, answer = ask(start(sotto))
    assert status == 200
    assert says_each_once(answer, DRESS)


def test_nginx_redirects_to_https_with_headers_but_without_hsts(sotto):
    proxy = Nginx(sotto, secure=True).start()
    try:
        wire = http.client.HTTPConnection("localhost", proxy.plain_port, timeout=10)
        wire.request("GET", "/known/", headers={"Host": "chat.example.org"})
        answer = Answer(wire.getresponse().getheaders())
        wire.close()
    finally:
        proxy.close()
    assert answer.all("location") == ["https://chat.example.org/known/"]
    assert says_each_once(answer, OWN)
    assert answer.all("strict-transport-security") == []
