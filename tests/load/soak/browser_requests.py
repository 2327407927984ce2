"""Requests like a browser's, with a session and a CSRF token."""

import http.client

from tests.support.cookies import cookie
from tests.support.people import Person

TOKEN = "t" * 32  # the CSRF token of a browser that has seen a form: in its cookie and in a header


def ask(host: str, person: Person, method: str, path: str, body: str = "") -> None:
    """Send a request like a browser. Redirects are not followed."""
    headers = {
        "Cookie": f"{person.cookie(host)}; {cookie(host, 'csrf', TOKEN)}",
        "X-CSRFToken": TOKEN,
        "Origin": f"http://{host}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Connection": "close",
    }
    connection = http.client.HTTPConnection(host, timeout=30)
    try:
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        response.read()
    finally:
        connection.close()
    if response.status not in {200, 302}:
        raise ConnectionError(f"{method} {path} was answered with {response.status}")
