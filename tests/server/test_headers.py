"""The headers of each kind of response of a production site, each once."""

import re
import socket
from http import HTTPStatus

import pytest

from tests.conftest import PASSWORD
from tests.project.test_deploy import EXAMPLE, FILLED
from tests.support.http_client import Answer, Visitor
from tests.support.serving import Serving
from tests.support.stores import Redis

SECURITY = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self'; manifest-src 'self'; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "accelerometer=(), autoplay=(), camera=(), display-capture=(), "
    "encrypted-media=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), "
    "payment=(), usb=(), xr-spatial-tracking=()",
    "referrer-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
# No `Server`, no CORS headers, no software versions.
OTHERS = """
allow cache-control connection content-disposition content-language content-length content-type
date etag expires last-modified location retry-after sec-websocket-version set-cookie
transfer-encoding vary
"""
LATER = {"If_Modified_Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
HEX = {"Content_Type": "multipart/form-data; boundary=b; charset=hex"}
ANSWERS = {
    "a page": ("GET", "/accounts/login/", {}, 200),
    "the head of a page": ("HEAD", "/accounts/login/", {}, 200),
    "a file": ("GET", "/static/css/base.css", {}, 200),
    "a file that a browser has already": ("GET", "/static/img/mark.svg", LATER, 304),
    "no file": ("GET", "/static/nothing.css", {}, 404),
    "the worker": ("GET", "/worker.js", {}, 200),
    "a redirect": ("GET", "/", {}, 302),
    "another host": ("GET", "/", {"Host": "elsewhere.example"}, 400),
    "another charset": ("POST", "/people/", HEX, 400),
    "a form from elsewhere": ("POST", "/people/", {}, 403),
    "a wrong method": ("POST", "/healthz", {}, 405),
    "a link that is over": ("GET", "/accounts/reset/", {}, 410),
    "a fault": ("GET", "/fault/", {}, 500),
    "an outage": ("GET", "/outage/", {}, 503),
    "the numbers": ("GET", "/metrics", {"X_Forwarded_For": "127.0.0.1"}, 200),
    "what the server does not take": ("GET", "/", {"X_Nonsense": "a\x0bb"}, 400),
    "no handshake": ("GET", "/ws/chat/", {"Upgrade": "websocket"}, 400),
}
SIGNED_IN = {
    "the chat page": ("/", {}, 200),
    "a fragment": ("/conversations/{id}/", {"HX_Request": "true"}, 200),
    "a download": ("/accounts/download/", {}, 200),
    "the administration": ("/admin/", {}, 404),
}


@pytest.fixture(scope="module")
def redis():
    store = Redis().start()
    yield store
    store.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory, redis):
    """Start a server with the environment of deploy/, behind a proxy, with a database file."""
    folder = tmp_path_factory.mktemp("server")
    own = {"REDIS_URL": redis.url, "DATABASE_URL": f"sqlite:///{folder / 'accounts.sqlite3'}"}
    filled = {name: FILLED[name] for name in EXAMPLE} | own | {"TRUSTED_PROXIES": "127.0.0.1,::1"}
    server = Serving(folder, **filled, DJANGO_SETTINGS_MODULE="tests.settings.faulty").start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def alice(server):
    Visitor(server).signs_up("dora")
    return Visitor(server).signs_up("alice")


def has_its_headers(answer: Answer) -> bool:
    for name, value in SECURITY.items():
        assert answer.all(name) == [value]
    names = {name.lower() for name, _ in answer.headers}
    assert names - SECURITY.keys() - set(OTHERS.split()) == set()
    return True


@pytest.mark.parametrize("case", ANSWERS.values(), ids=ANSWERS.keys())
def test_every_kind_of_response_has_its_headers(server, case):
    method, path, headers, status = case
    reply = Visitor(server).asks(path, method, **headers)
    assert reply.status == status
    assert has_its_headers(reply.answer)


@pytest.mark.parametrize("case", SIGNED_IN.values(), ids=SIGNED_IN.keys())
def test_responses_for_users_have_their_headers(server, alice, case):
    path, headers, status = case
    someone = re.search(r"/conversations/(\d+)/", alice.asks("/").answer.body)
    assert someone
    reply = alice.asks(path.format(id=someone[1]), **headers)
    assert reply.status == status
    assert has_its_headers(reply.answer)


def test_every_cookie_is_bound_to_this_host_and_https(server):
    carol = Visitor(server).signs_up("carol")
    kinds = ("session", "csrf", "known")
    assert carol.cookies.keys() == {f"__Host-sotto_{kind}" for kind in kinds}
    fields = {"current_password": PASSWORD, "new_password": "another long enough password"}
    changed = carol.posts("/accounts/password/", **fields).answer
    assert has_its_headers(changed)
    lines = changed.all("set-cookie")
    lines += carol.posts("/language/", page="/accounts/", language="de").answer.all("set-cookie")
    names = {line.partition("=")[0] for line in lines}
    assert {"__Host-sotto_messages", "__Host-sotto_language"} <= names
    for line in lines:
        assert line.startswith("__Host-sotto_")
        parts = {part.strip().lower() for part in line.split(";")}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts
        assert "domain" not in line.lower()


# Malformed and oversized requests, which the server refuses before the application sees them.
FORM = "POST /accounts/login/ HTTP/1.1"
CHUNKED = "Transfer-Encoding: chunked"
NO_REQUESTS = {
    "nonsense": (["nonsense"], 400),
    "another protocol": (["GET / HTTP/3.7"], 400),
    "NUL in a path": (["GET /\0 HTTP/1.1"], 400),
    "a letter that is none in a path": (["GET /\xff HTTP/1.1"], 400),
    "a long path": ([f"GET /{'x' * 20_000} HTTP/1.1"], 400),
    "a long header": (["GET / HTTP/1.1", f"X: {'x' * 20_000}"], 400),
    "many headers": (["GET / HTTP/1.1", *(f"X{number}: x" for number in range(600))], 400),
    "no header": (["GET / HTTP/1.1", "nonsense"], 400),
    "NUL in a header": (["GET / HTTP/1.1", "X: \0"], 400),
    "a length that is none": ([FORM, "Content-Length: -1"], 400),
    "two lengths": ([FORM, "Content-Length: 5", CHUNKED], 400),
    "a coding that nobody knows": ([FORM, "Transfer-Encoding: rot13"], 400),
    "a chunk that is none": ([FORM, CHUNKED, "", "nonsense"], 400),
    "a body that is too large": ([FORM, "Content-Length: 2000000"], 413),
    "a socket by another method": ([FORM, "Upgrade: websocket"], 405),
}


def raw(server: Serving, *lines: str) -> tuple[str, Answer]:
    """Return the status line and the headers of the response to these lines."""
    with socket.create_connection(("127.0.0.1", server.port), 10) as wire:
        wire.sendall("\r\n".join([*lines, "", ""]).encode("latin1"))
        status, *headers = wire.recv(65_536).decode().partition("\r\n\r\n")[0].split("\r\n")
    parts = (line.partition(":") for line in headers)
    return status, Answer([(name, value.strip()) for name, _, value in parts])


@pytest.mark.parametrize("case", NO_REQUESTS.values(), ids=NO_REQUESTS.keys())
def test_a_malformed_request_is_refused_with_these_headers_too(server, case):
    lines, code = case
    status, answer = raw(server, *lines)
    assert status == f"HTTP/1.1 {code} {HTTPStatus(code).phrase}"
    assert has_its_headers(answer)


@pytest.mark.parametrize("path", ["/ws/chat/", "/ws/nothing/"])
@pytest.mark.parametrize("version", ["13", "7"])
def test_a_refused_handshake_has_its_headers_too(server, path, version):
    lines = [f"GET {path} HTTP/1.1", "Host: chat.example.org", "Origin: https://elsewhere.example"]
    lines += ["Upgrade: websocket", "Connection: Upgrade"]
    lines += ["Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]
    status, answer = raw(server, *lines, f"Sec-WebSocket-Version: {version}")
    assert status in {"HTTP/1.1 400 Bad Request", "HTTP/1.1 403 Forbidden"}
    assert has_its_headers(answer)


def test_a_response_that_reports_not_ready_has_its_headers(server, redis):
    redis.stop()
    try:
        reply = Visitor(server).asks("/readyz")
    finally:
        redis.start()
    assert reply.status == 503
    assert has_its_headers(reply.answer)
