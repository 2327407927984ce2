"""How often somebody may try: counters in Django's cache, which forgets them by itself.

An attempt is counted before it is looked at, so that a thousand at once are a thousand, and one
that was right is given back. What is counted is named by a keyed hash: no address and no name lies
in the cache.
"""

import logging
import math
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, NamedTuple

from django.core.cache import cache, caches
from django.core.cache.backends.base import BaseCache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts import usernames
from accounts.auth import device_cookies

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)
TOLD_AGAIN = 60  # seconds between two lines of the log that say the same


class Limit(NamedTuple):
    """So many attempts in so many seconds, by the clock."""

    name: str
    most: int
    seconds: int


# OWASP's "device cookies": whoever hammers an account from elsewhere fills a counter that its
# owner's browser has not. ASVS allowed 100 guesses an hour at one account (4.0.3, 2.2.1) and leaves
# the number to us now (5.0, 6.3.1).
LOG_IN_ELSEWHERE = Limit("log-in, unknown browser", 50, 3600)
LOG_IN_HERE = Limit("log-in, known browser", 20, 900)
LOG_IN_ADDRESS = Limit("log-in, address", 100, 900)
PASSWORD_AGAIN = Limit("password asked for again", 10, 900)
# Three codes count at any time, so a guess is right once in 333,333. A stranger's hand shuts out
# nobody: one gets here with the right password alone, and a passkey does not come this way.
SECOND_FACTOR = Limit("second factor", 5, 600)
PASSKEY_ADDRESS = Limit(
    "passkey, address", 300, 900
)  # a page to log in asks by itself, and again every four minutes
PASSKEY_ANSWER = Limit("passkey, answer", 1, 600)
SIGN_UP = Limit("sign-up, address", 100, 3600)  # a class may sit behind one
RECOVERY = Limit("recovery, address", 30, 3600)
MAIL_ADDRESS = Limit("mail, address", 20, 3600)
MAIL_TO = Limit("mail, recipient", 3, 3600)

Counter = tuple[Limit, str]  # a limit, and whom it is about


def log_in(request: HttpRequest, username: str) -> list[Counter]:
    """What a try to log in counts for. Names that nobody has are counted like others."""
    name = usernames.fold(username.strip()) if usernames.may_be_looked_up(username) else ""
    if nonce := device_cookies.nonce(request, name):
        return [(LOG_IN_HERE, f"{name} {nonce}")]
    return [(LOG_IN_ADDRESS, address(request)), (LOG_IN_ELSEWHERE, name)]


def password_again(user: "User") -> list[Counter]:
    """What a try counts for with which somebody who is signed in shows that it is still they."""
    return [(PASSWORD_AGAIN, str(user.pk))]


def second_factor(user: "User") -> list[Counter]:
    """What a code counts for."""
    return [(SECOND_FACTOR, str(user.pk))]


def address(request: HttpRequest) -> str:
    """Where a request comes from. Of IPv6 the network: every customer has all the rest to
    themselves.
    """
    try:
        found = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return ""
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def wait(counters: Iterable[Counter]) -> int:
    """Counts one more in each, up to the first that is full. 0 if it may pass, else after how many
    seconds it may.

    So whoever has to wait fills no more of them, neither somebody else's nor, name by name, the
    memory.
    """
    now = time.time()
    for limit, whom in counters:
        if _add(limit, whom, now) > limit.most:
            return math.ceil(limit.seconds - now % limit.seconds)
    return 0


def give_back(counters: Iterable[Counter]) -> None:
    """It was right, and is not counted."""
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
    except (
        ValueError
    ):  # it has just ended, and begins again; a cache that does not keep a new one cannot count
        if is_new:
            raise
        return _count(store, key, seconds)


def _take(store: BaseCache, key: str) -> int:
    if store.get(key, 0) > 0:
        with suppress(ValueError):  # it has just ended
            return store.decr(key)
    return 0


def _ask(question: Callable[..., int], *words: object) -> int:
    """Ask the cache, or this process while the cache cannot count: people still log in, and
    guessing still ends.
    """
    try:
        return question(cache, *words)
    except Exception as error:  # noqa: BLE001 - whatever it is, a limit must not vanish with it
        here = caches["process"]
        if here.add("told", True, TOLD_AGAIN):
            # By its kind alone: its words may hold a part of the cache's address, which has a
            # password.
            logger.error(
                "Attempts cannot be counted together (%s): each process counts its own",
                type(error).__name__,
            )
        return question(here, *words)
