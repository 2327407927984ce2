"""Measure the server's CPU time for pages of the roster."""

import http.client
from collections.abc import Callable
from functools import partial

from tests.load.bench import machine
from tests.support.cookies import cookie

TOKEN = "t" * 32  # the CSRF token of a browser that has seen a form: in its cookie and in a header
SEARCH = "q=fjord&after="


def chat_page(connection: http.client.HTTPConnection, headers: dict) -> None:
    _ask(connection, "GET", "/", "", headers)


def search(connection: http.client.HTTPConnection, headers: dict) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
    _ask(connection, "POST", "/people/", SEARCH, headers | form)


def pages(job: dict) -> dict:
    """Return milliseconds of CPU time for each request, turn by turn."""
    connection = http.client.HTTPConnection(job["host"], timeout=30)
    cookies = [
        cookie(job["host"], "session", job["people"][0][1]),
        cookie(job["host"], "csrf", TOKEN),
    ]
    headers = {
        "Cookie": "; ".join(cookies),
        "X-CSRFToken": TOKEN,
        "Origin": f"http://{job['host']}",
    }
    asked: dict[str, Callable] = {"page": chat_page, "search": search}
    try:
        found: dict[str, list[float]] = {name: [] for name in asked}
        for turn in range(1 + job["turns"]):
            for name, ask in asked.items():
                cost = _cost(
                    partial(ask, connection, headers), job["pid"], job["requests"] if turn else 5
                )
                found[name] += [cost] if turn else []
        return found
    finally:
        connection.close()


def _cost(ask: Callable[[], None], pid: int, times: int) -> float:
    before = machine.cpu(pid)
    for _ in range(times):
        ask()
    return 1000 * (machine.cpu(pid) - before) / times


def _ask(
    connection: http.client.HTTPConnection, method: str, path: str, body: str, headers: dict
) -> None:
    connection.request(method, path, body or None, headers)
    response = connection.getresponse()
    response.read()
    if response.status != 200:
        raise ConnectionError(f"{method} {path} was answered with {response.status}")
