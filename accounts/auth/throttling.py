"""Rate limits, counted in Django's cache.

Attempts are counted before they are checked, and successful ones are subtracted again. Keys are
hashes, so the cache contains neither addresses nor names.
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
LOG_INTERVAL = 60  # seconds before the same error is logged again


class Limit(NamedTuple):
    """A rate limit: `most` attempts in each fixed window of `seconds`, aligned to the clock."""

    name: str
    most: int
    seconds: int


# The owner's browser has a counter that attacks do not fill (OWASP's device cookies). ASVS 4.0.3
# (2.2.1) allowed 100 guesses an hour for each account; 5.0 (6.3.1) gives no number.
LOG_IN_ELSEWHERE = Limit("log-in, unknown browser", 50, 3600)
LOG_IN_HERE = Limit("log-in, known browser", 20, 900)
LOG_IN_ADDRESS = Limit("log-in, address", 100, 900)
PASSWORD_AGAIN = Limit("password asked for again", 10, 900)
# One guess in 333,333 is right. Attackers cannot lock a user out without knowing the password.
SECOND_FACTOR = Limit("second factor", 5, 600)
# The log-in page asks for a passkey when it loads, and again every four minutes.
PASSKEY_ADDRESS = Limit("passkey, address", 300, 900)
PASSKEY_ANSWER = Limit("passkey, answer", 1, 600)
SIGN_UP = Limit("sign-up, address", 100, 3600)  # a school class may share one address
RECOVERY = Limit("recovery, address", 30, 3600)
MAIL_ADDRESS = Limit("mail, address", 20, 3600)
MAIL_TO = Limit("mail, recipient", 3, 3600)

Counter = tuple[Limit, str]  # a limit, and the address, name or id that it applies to


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
    """Return the client's IPv4 address, or its IPv6 /64 network, which belongs to one customer."""
    try:
        found = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return ""
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def wait(counters: Iterable[Counter]) -> int:
    """Count an attempt. Return 0 if it is allowed, else the seconds to wait.

    Stop at the first full counter, so that refused attempts do not fill the others.
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
        if is_new:  # this cache stores nothing
            raise
        return _count(store, key, seconds)


def _take(store: BaseCache, key: str) -> int:
    if store.get(key, 0) > 0:
        with suppress(ValueError):  # it has just expired
            return store.decr(key)
    return 0


def _ask(question: Callable[..., int], *words: object) -> int:
    """Ask the shared cache. While it fails, ask this process's own, so that limits still apply and
    users can log in.
    """
    try:
        return question(cache, *words)
    except Exception as error:  # noqa: BLE001 - no error may remove a limit
        here = caches["process"]
        if here.add("told", True, LOG_INTERVAL):
            # Log only the type, because the message may contain the cache's password.
            logger.error(
                "Attempts cannot be counted together (%s): each process counts its own",
                type(error).__name__,
            )
        return question(here, *words)
