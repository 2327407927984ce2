"""A score for the headers of an answer, by the rules of the HTTP Observatory of MDN (Mozilla).

The rules: https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring, and as they are applied:
https://github.com/mdn/mdn-http-observatory, src/analyzer/tests/ and src/grader/ (observatory_table). An answer begins
with 100; what is wrong costs, and what is better than needed counts from 90 on. 100 and more is an A+.

Left out is what one answer cannot show: where http leads to, and the browsers' list of preloaded hosts.
"""

import re
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from typing import NamedTuple

from tests.observatory_table import MODIFIERS

START, EXTRA_CREDIT_FROM = 100, 90
HALF_A_YEAR = 15_768_000  # seconds

BROAD = {"*", "http:", "https:", "ftp:", "http://*", "https://*", "http://*.*", "https://*.*"}
UNSAFE = {"'unsafe-inline'", "data:"}
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
TELLING = {"origin", "origin-when-cross-origin", "unsafe-url", "no-referrer-when-downgrade"}


class Answer(NamedTuple):
    """What came over https: its headers as they were sent, and its body."""

    headers: list[tuple[str, str]]
    body: str = ""

    def all(self, name: str) -> list[str]:
        return [value for each, value in self.headers if each.lower() == name]

    def one(self, name: str) -> str:
        return ", ".join(self.all(name)).strip()


def score(answer: Answer) -> int:
    modifiers = [MODIFIERS[result] for result in results(answer)]
    without_extras = START + sum(each for each in modifiers if each < 0)
    extras = sum(each for each in modifiers if each > 0)
    return max(0, without_extras + (extras if without_extras >= EXTRA_CREDIT_FROM else 0))


def results(answer: Answer) -> list[str]:
    """What each test finds, in the words of the table."""
    return [f"{name}: {test(answer)}" for name, test in TESTS.items()]


def policy(answer: Answer) -> dict[str, set[str]]:
    directives = (directive.split() for directive in answer.one("content-security-policy").split(";"))
    return {name.lower(): set(map(str.lower, sources)) for name, *sources in filter(None, directives)}


def csp(answer: Answer) -> str:
    said = policy(answer)
    default = said.get("default-src", {"*"})
    scripts, styles, objects = (said.get(f"{kind}-src", default) for kind in ("script", "style", "object"))
    pictures = said.get("img-src", default) | said.get("media-src", default)
    active = set().union(*(sources for name, sources in said.items() if name not in {"img-src", "media-src"}))
    # In this order: the first that is true is what the answer gets.
    findings = {
        "none": not said,
        "unsafe scripts or objects": scripts & (BROAD | UNSAFE) or objects & BROAD,
        "scripts over http": _come_over_http(active),
        "eval": "'unsafe-eval'" in scripts | styles,
        "pictures over http": _come_over_http(pictures),
        "unsafe styles": styles & (BROAD | UNSAFE),
        "default-src 'none', nothing unsafe": default == {"'none'"},
        "nothing unsafe": True,
    }
    return next(name for name, is_so in findings.items() if is_so)


def _come_over_http(sources: set[str]) -> bool:
    return any(source.startswith(("http:", "ftp:")) for source in sources)


def cookies(answer: Answer) -> str:
    """The worst that is found of any."""
    kept = [line for line in answer.all("set-cookie") if "max-age=0" not in line.lower()]
    if not kept:
        return "none"
    found = [fault for line in kept for fault in _faults(line, hsts(answer) == "half a year")]
    return min(found, key=lambda fault: MODIFIERS[f"cookies: {fault}"], default="Secure, HttpOnly and SameSite")


def _faults(line: str, has_hsts: bool) -> Iterator[str]:
    ((name, cookie),) = SimpleCookie(line).items()
    is_session = "sess" in name.lower() or "login" in name.lower()
    if not cookie["samesite"]:
        yield "a token without SameSite" if "csrf" in name.lower() else "Secure and HttpOnly"
    elif cookie["samesite"].lower() not in {"lax", "strict", "none"}:
        yield "SameSite is nonsense"
    if is_session and not cookie["httponly"]:
        yield "a session without HttpOnly"
    if not cookie["secure"]:
        yield ("a session not Secure" if is_session else "not Secure") + (", but HSTS" if has_hsts else "")


def cors(answer: Answer) -> str:
    is_open = answer.one("access-control-allow-origin") and answer.one("access-control-allow-credentials") == "true"
    return "for everybody, with credentials" if is_open else "closed, or for the public"


def referrer(answer: Answer) -> str:
    said = [word.strip().lower() for word in answer.one("referrer-policy").split(",") if word.strip()]
    if not said:
        return "none"
    known = [word for word in said if word in PRIVATE | TELLING]
    return ("private" if known[-1] in PRIVATE else "told to others") if known else "nonsense"


def hsts(answer: Answer) -> str:
    said = answer.one("strict-transport-security")
    if not said:
        return "none"
    match = re.search(r"max-age=(\d+)", said)
    if not match or "," in said:
        return "nonsense"
    return "half a year" if int(match[1]) >= HALF_A_YEAR else "shorter"


def scripts(answer: Answer) -> str:
    found = [_script(tag) for tag in re.findall(r"<script\b[^>]*\bsrc=[^>]*>", answer.body)]
    return min(found, key=lambda result: MODIFIERS[f"scripts: {result}"], default="our own")


def _script(tag: str) -> str:
    source = re.search(r"\bsrc=[\"']?([^\"'\s>]*)", tag)
    integrity = ", with integrity" if "integrity=" in tag else ""
    if not source or not re.match(r"https?://|//", source[1]):
        return f"our own{integrity}"
    if source[1].startswith("https://"):
        return f"others'{integrity}" if integrity else "others', over https"
    return f"others'{integrity}, over http"


def sniffing(answer: Answer) -> str:
    return "off" if answer.one("x-content-type-options").lower() == "nosniff" else "on"


def framing(answer: Answer) -> str:
    if not policy(answer).get("frame-ancestors", {"*"}) & BROAD:
        return "forbidden by the csp"
    said = answer.one("x-frame-options").lower()
    return "forbidden by X-Frame-Options" if said in {"deny", "sameorigin"} else "nonsense" if said else "allowed"


def corp(answer: Answer) -> str:
    said = answer.one("cross-origin-resource-policy").lower()
    if said in {"same-origin", "same-site"}:
        return "same origin or site"
    return "none, or for everybody" if said in {"", "cross-origin"} else "nonsense"


TESTS: dict[str, Callable[[Answer], str]] = {
    "csp": csp, "cookies": cookies, "cors": cors, "referrer": referrer, "hsts": hsts, "scripts": scripts,
    "sniffing": sniffing, "framing": framing, "corp": corp,
}  # fmt: skip
