"""Limits of attempts, counted in Django's cache.

Attempts count before they are checked, and are given back if they were right. Keys are hashes, so
the cache has neither addresses nor names.
"""

import logging
import math
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NamedTuple

from django.core.cache import cache, caches
from django.core.cache.backends.base import BaseCache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts import usernames
from accounts.auth import cookies
from accounts.models import User

logger = logging.getLogger(__name__)
TOLD_AGAIN = 60  # seconds between two equal lines in the log


class Limit(NamedTuple):
    """Attempts allowed in each window of so many seconds, aligned to the clock."""

    name: str
    most: int
    seconds: int


# Attacks do not fill the counter of the owner's browser (OWASP's device cookies). At one account,
# ASVS 4.0.3 (2.2.1) allowed 100 guesses an hour; 5.0 (6.3.1) names no number.
LOG_IN_ELSEWHERE = Limit("log-in, unknown browser", 50, 3600)
LOG_IN_HERE = Limit("log-in, known browser", 20, 900)
LOG_IN_ADDRESS = Limit("log-in, address", 100, 900)
PASSWORD_AGAIN = Limit("password asked for again", 10, 900)
# One guess in 333,333 is right. Others cannot lock a user out, because it takes the password first.
SECOND_FACTOR = Limit("second factor", 5, 600)
# The log-in page asks for a passkey by itself, and again every four minutes.
PASSKEY_ADDRESS = Limit("passkey, address", 300, 900)
PASSKEY_ANSWER = Limit("passkey, answer", 1, 600)
SIGN_UP = Limit("sign-up, address", 100, 3600)  # a class may share one address
RECOVERY = Limit("recovery, address", 30, 3600)
MAIL_ADDRESS = Limit("mail, address", 20, 3600)
MAIL_TO = Limit("mail, recipient", 3, 3600)

Counter = tuple[Limit, str]  # a limit, and what it counts for: an address, a name, an id


def log_in(request: HttpRequest, username: str) -> list[Counter]:
    """Return the log-in counters for a name, whether or not it has an account."""
    name = usernames.fold(username.strip()) if usernames.may_be_looked_up(username) else ""
    if nonce := cookies.device_nonce(request, name):
        return [(LOG_IN_HERE, f"{name} {nonce}")]
    return [(LOG_IN_ADDRESS, address(request)), (LOG_IN_ELSEWHERE, name)]


def password_again(user: User) -> list[Counter]:
    return [(PASSWORD_AGAIN, str(user.pk))]


def second_factor(user: User) -> list[Counter]:
    return [(SECOND_FACTOR, str(user.pk))]


def address(request: HttpRequest) -> str:
    """Return the IPv4 address of a request, or its IPv6 network, which is one customer's."""
    try:
        found = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return ""
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def wait(counters: Iterable[Counter]) -> int:
    """Count an attempt. Return 0 if it may go on, or the seconds to wait.

    Stop at the first full counter, so that refused attempts fill no others.
    """
    now = time.time()
    for limit, whom in counters:
        if _add(limit, whom, now) > limit.most:
            return math.ceil(limit.seconds - now % limit.seconds)
    return 0


def give_back(counters: Iterable[Counter]) -> None:
    for limit, whom in counters:
        _ask(_take, _key(limit, whom, time.time()))


def _add(limit: Limit, whom: str, now: float) -> int:
    return _ask(_count, _key(limit, whom, now), limit.seconds)


def _key(limit: Limit, whom: str, now: float) -> str:
    window = int(now // limit.seconds)
    return salted_hmac(
        "accounts.throttles", f"{limit.name}\n{window}\n{whom}", algorithm="sha256"
    ).hexdigest()


def _count(store: BaseCache, key: str, seconds: int) -> int:
    is_new = store.add(key, 0, seconds)
    try:
        return store.incr(key)
    except ValueError:  # the counter has just expired
        if is_new:  # this cache keeps nothing
            raise
        return _count(store, key, seconds)


def _take(store: BaseCache, key: str) -> int:
    if store.get(key, 0) > 0:
        with suppress(ValueError):  # it has just expired
            return store.decr(key)
    return 0


def _ask(question: Callable[..., int], *words: object) -> int:
    """Ask the cache or, while it fails, this process, so that limits hold and people can log in."""
    try:
        return question(cache, *words)
    except Exception as error:  # noqa: BLE001 - no error may remove a limit
        here = caches["process"]
        if here.add("told", True, TOLD_AGAIN):
            # Only the type, because the message may contain the cache's password.
            logger.error(
                "Attempts cannot be counted together (%s): each process counts its own",
                type(error).__name__,
            )
        return question(here, *words)
