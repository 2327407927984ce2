"""What goes wrong over HTTP, with the canary in it: forms that are wrong, too large, or sent where there is nothing."""

import http.client
import secrets
import socket
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from messaging.proof.canary import Canary
from messaging.proof.people import Stranger
from messaging.proof.server import Server

TOO_LARGE = 3_000_000  # bytes: more than Django reads of a form
FORM = "application/x-www-form-urlencoded"
FILE = "multipart/form-data; boundary=part"
REFUSED = range(400, 500)


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    body: bytes
    kind: str = FORM
    session_key: str = ""
    has_token: bool = True
    expected: Container[int] = REFUSED


def answered(server: Server, alice: Stranger, canary: Canary) -> dict[str, bool]:
    """By its name, whether each request was answered as it should be."""
    requests = _requests(alice, canary)
    return {name: _status(server, request) in request.expected for name, request in requests.items()}


@contextmanager
def unfinished(server: Server, alice: Stranger, canary: Canary) -> Iterator[None]:
    """A large form of which the last byte has not arrived: inside, the server holds all that came before it."""
    request = Request(reverse("messaging:people"), _large("q", canary), session_key=alice.session_key)
    head = [f"POST {request.path} HTTP/1.1", *(f"{name}: {value}" for name, value in _headers(server, request).items())]
    with socket.create_connection(("127.0.0.1", server.port), 10) as wire, suppress(ConnectionError):
        wire.sendall("\r\n".join([*head, f"Content-Length: {len(request.body)}", "", ""]).encode() + request.body[:-1])
        yield


def _requests(alice: Stranger, canary: Canary) -> dict[str, Request]:
    people, log_in, text = reverse("messaging:people"), reverse(settings.LOGIN_URL), canary.text
    search, key = urlencode({"q": text}).encode(), alice.session_key
    report, told = reverse("messaging:report"), urlencode({"reason": text, "note": text, "message": text}).encode()
    credentials = urlencode({"username": text, "password": text, "next": text}).encode()
    return {
        "a search": Request(people, search, session_key=key, expected={200}),
        "a search that is too large": Request(people, _large("q", canary), session_key=key),
        "a search with a large file": Request(people, _file(canary), FILE, key, expected={200, *REFUSED}),
        "a search in another encoding": Request(people, search, f"{FORM}; charset=rot13", key),
        "a search without a token": Request(people, search, session_key=key, has_token=False),
        "a search at an address that is not there": Request("/nowhere/", search, session_key=key),
        "a report of nobody": Request(report, told, session_key=key),
        "a report without a token": Request(report, told, session_key=key, has_token=False),
        "a log-in": Request(log_in, credentials),
        "a log-in that is too large": Request(log_in, _large("password", canary)),
        "a log-in to the administration": Request("/admin/login/", credentials, expected={200, *REFUSED}),
    }


def _large(field: str, canary: Canary) -> bytes:
    once = urlencode({field: f"{canary.text} "}).encode()
    return b"&".join([once] * (TOO_LARGE // len(once)))


def _file(canary: Canary) -> bytes:
    head = f'--part\r\nContent-Disposition: form-data; name="q"; filename="{canary.plain}"\r\n\r\n'
    return head.encode() + canary.text.encode() * (TOO_LARGE // len(canary.text)) + b"\r\n--part--\r\n"


def _status(server: Server, request: Request) -> int:
    connection = http.client.HTTPConnection(server.host, timeout=30)
    try:
        connection.request("POST", request.path, request.body, _headers(server, request))
        return connection.getresponse().status
    except ConnectionError:
        return REFUSED.start  # it has heard enough, and hung up
    finally:
        connection.close()


def _headers(server: Server, request: Request) -> dict[str, str]:
    token = secrets.token_hex(16)  # Django compares the cookie with the header, whoever made them up
    cookies = {
        server.cookie_name(settings.CSRF_COOKIE_NAME): token,
        server.cookie_name(settings.SESSION_COOKIE_NAME): request.session_key,
    }
    return {
        "Host": server.host,
        "Origin": server.url,
        "Content-Type": request.kind,
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        **({"X-CSRFToken": token} if request.has_token else {}),
    }
