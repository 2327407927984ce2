"""What a site in production tells browsers, scored as the HTTP Observatory of MDN does: everything that it answers."""

import re
import socket

import pytest
from django.conf import settings

from tests.observatory import Answer, results, score
from tests.serving import Serving
from tests.stores import Redis
from tests.test_deploy import EXAMPLE, FILLED
from tests.visitor import Visitor

# Of what one answer can show, all that is to be had. What is left is for scripts with a checksum, which are worth it
# where somebody else serves them (ASVS 5.0, 3.6.1), and for a place on the list that browsers are delivered with.
BEST, COOKIES = 130, 5
UNSCORED = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "permissions-policy": settings.SECURITY_HEADERS["Permissions-Policy"],
    "x-frame-options": "DENY",
}
ASKED = {
    "a page": ("GET", "/accounts/login/", {}, 200),
    "a file": ("GET", "/static/css/base.css", {}, 200),
    "a script": ("GET", "/static/django_htmx/htmx-2.min.js", {}, 200),
    "a picture": ("GET", "/static/img/mark.svg", {}, 200),
    "the manifest": ("GET", "/manifest.webmanifest", {}, 200),
    "the worker": ("GET", "/worker.js", {}, 200),
    "the page for when nobody answers": ("GET", "/offline/", {}, 200),
    "what a browser has already": (
        "GET",
        "/static/img/mark.svg",
        {"If_Modified_Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
        304,
    ),
    "no file": ("GET", "/static/nothing.css", {}, 404),
    "the head of a page": ("HEAD", "/accounts/login/", {}, 200),
    "the way in": ("GET", "/", {}, 302),
    "a slash short": ("GET", "/accounts/login", {}, 301),
    "another host": ("GET", "/", {"Host": "elsewhere.example"}, 400),
    "another charset": ("POST", "/people/", {"Content_Type": "multipart/form-data; boundary=b; charset=hex"}, 400),
    "a form from elsewhere": ("POST", "/people/", {}, 403),
    "what is not allowed": ("GET", "/forbidden/", {}, 403),
    "nothing": ("GET", "/nothing/", {}, 404),
    "the administration": ("GET", "/admin/", {}, 404),
    "no such way to ask": ("PUT", "/accounts/login/", {}, 403),
    "no such way for a probe": ("POST", "/healthz", {}, 405),
    "a link that is over": ("GET", "/accounts/reset/", {}, 410),
    "a fault": ("GET", "/fault/", {}, 500),
    "an outage": ("GET", "/outage/", {}, 503),
    "alive": ("GET", "/healthz", {}, 200),
    "ready": ("GET", "/readyz", {}, 200),
    "the numbers": ("GET", "/metrics", {}, 404),
    "the numbers, for those who may": ("GET", "/metrics", {"X_Forwarded_For": "127.0.0.1"}, 200),
    "what the server does not take": ("GET", "/", {"X_Nonsense": "a\x0bb"}, 400),
    "no handshake": ("GET", "/ws/chat/", {"Upgrade": "websocket"}, 400),
}
SIGNED_IN = {
    "the chat page": ("/", {}, 200),
    "a fragment": ("/conversations/{id}/", {"HX_Request": "true"}, 200),
    "the switches": ("/attention/", {"HX_Request": "true"}, 200),
    "the account": ("/accounts/", {}, 200),
    "a download": ("/accounts/download/", {}, 200),
    "the wrong way": ("/accounts/logout/", {}, 405),
    "the administration": ("/admin/", {}, 404),
}


@pytest.fixture(scope="module")
def redis():
    store = Redis().start()
    yield store
    store.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory, redis):
    """The environment that deploy/ gives, behind a proxy, with a database in a file."""
    folder = tmp_path_factory.mktemp("server")
    own = {"REDIS_URL": redis.url, "DATABASE_URL": f"sqlite:///{folder / 'accounts.sqlite3'}"}
    filled = {name: FILLED[name] for name in EXAMPLE} | own | {"TRUSTED_PROXIES": "127.0.0.1,::1"}
    server = Serving(folder, **filled, DJANGO_SETTINGS_MODULE="tests.faulty_settings").start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def alice(server):
    Visitor(server).signs_up("dora")
    return Visitor(server).signs_up("alice")


def is_best(answer: Answer) -> bool:
    has_cookies = "cookies: none" not in results(answer)
    assert score(answer) == BEST + (COOKIES if has_cookies else 0), results(answer)
    assert {name: answer.one(name) for name in UNSCORED} == UNSCORED
    assert answer.one("strict-transport-security").startswith("max-age=31536000")
    assert not answer.one("server") + answer.one("x-powered-by")
    return True


@pytest.mark.parametrize("case", ASKED.values(), ids=ASKED.keys())
def test_every_kind_of_answer_has_the_best_score(server, case):
    method, path, headers, status = case
    reply = Visitor(server).asks(path, method, **headers)
    assert reply.status == status
    assert is_best(reply.answer)


@pytest.mark.parametrize("case", SIGNED_IN.values(), ids=SIGNED_IN.keys())
def test_so_has_what_only_somebody_sees(server, alice, case):
    path, headers, status = case
    someone = re.search(r"/conversations/(\d+)/", alice.asks("/").answer.body)
    assert someone
    reply = alice.asks(path.format(id=someone[1]), **headers)
    assert reply.status == status
    assert is_best(reply.answer)


def test_so_has_what_a_form_is_answered_with(server):
    bob = Visitor(server)
    wrong = bob.posts("/accounts/login/", username="nobody", password="wrong")
    assert wrong.status == 422
    assert is_best(wrong.answer)
    signed_up = bob.posts("/accounts/signup/", username="bob", password="a long enough password")
    assert signed_up.status == 302
    assert is_best(signed_up.answer)
    again = bob.posts("/accounts/logout/", page="/accounts/")
    assert again.status == 302
    assert is_best(again.answer)


def test_every_cookie_is_of_this_host_and_of_https(server):
    carol = Visitor(server).signs_up("carol")
    assert {"__Host-sessionid", "__Host-csrftoken", "__Host-known"} == carol.cookies.keys()
    fields = {"current_password": "a long enough password", "new_password": "another long enough password"}
    lines = carol.posts("/accounts/password/", page="/accounts/password/", **fields).answer.all("set-cookie")
    lines += carol.posts("/language/", page="/accounts/", language="de").answer.all("set-cookie")
    assert {"__Host-messages", "__Host-language"} <= {line.partition("=")[0] for line in lines}
    for line in lines:
        assert line.startswith("__Host-")
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= {part.strip().lower() for part in line.split(";")}
        assert "domain" not in line.lower()


def raw(server: Serving, *lines: str) -> str:
    with socket.create_connection(("127.0.0.1", server.port), 10) as wire:
        wire.sendall("\r\n".join([*lines, "", ""]).encode("latin1"))
        return wire.recv(65_536).decode()


@pytest.mark.parametrize("first", ["nonsense", "GET /\xff HTTP/1.1"])
def test_what_is_no_http_gets_a_status_and_nothing_else(server, first):
    # By Twisted, below everything that is ours. A proxy passes nothing of the kind on.
    assert raw(server, first) == "HTTP/1.1 400 Bad Request\r\n\r\n"


@pytest.mark.parametrize("path", ["/ws/chat/", "/ws/nothing/"])
@pytest.mark.parametrize("version", ["13", "7"])
def test_a_handshake_that_is_refused_is_dressed_too(server, path, version):
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: chat.example.org",
        "Origin: https://elsewhere.example",
        "Upgrade: websocket",
    ]
    lines += ["Connection: Upgrade", f"Sec-WebSocket-Version: {version}", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]
    status, *headers = raw(server, *lines).partition("\r\n\r\n")[0].split("\r\n")
    assert status.split()[1] in {"400", "403"}
    assert is_best(Answer([(name, value.strip()) for name, _, value in (line.partition(":") for line in headers)]))


def without(answer: Answer, *names: str) -> Answer:
    return answer._replace(headers=[(name, value) for name, value in answer.headers if name.lower() not in names])


@pytest.mark.parametrize(
    "names",
    [
        ["content-security-policy"],
        ["strict-transport-security"],
        ["referrer-policy"],
        ["x-content-type-options"],
        ["cross-origin-resource-policy"],
        ["content-security-policy", "x-frame-options"],
    ],
)
def test_without_a_header_the_score_is_lower(server, names):
    answer = Visitor(server).asks("/accounts/login/").answer
    assert score(without(answer, *names)) < score(without(answer, *names[:-1])) <= score(answer)


def test_what_is_not_ready_says_so_in_the_same_dress(server, redis):
    redis.stop()
    try:
        reply = Visitor(server).asks("/readyz")
    finally:
        redis.start()
    assert reply.status == 503
    assert is_best(reply.answer)
