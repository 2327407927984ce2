"""Authentication of sockets, in batches."""

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from types import SimpleNamespace
from typing import NamedTuple, cast

from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, parse_cookie
from django.utils import timezone
from django.utils.translation import get_language_from_request

from messaging.consumers.batch import BatchLoader
from messaging.delivery.groups import session_group
from messaging.domain.conversations import Person

Headers = Iterable[tuple[bytes, bytes]]

logger = logging.getLogger(__name__)
RENEWAL_TIMEOUT = 0.5  # seconds, because windows must close within a second of a log-out

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


class ReadOnlySession(SessionStore):  # type: ignore[misc, valid-type]
    """A session that is never saved."""

    key_salt = SessionStore().key_salt  # Django derives it from the class name

    def cycle_key(self) -> None:
        """Do nothing. Django calls this after a rotation of SECRET_KEY, but a socket cannot set a
        cookie.
        """


class AuthenticatedSession(NamedTuple):
    """A signed-in person, the session key, and the group of its windows."""

    person: Person
    key: str
    group: str


def session_key(headers: Headers) -> str:
    """Return the session key from the cookie of a handshake, or ""."""
    cookies = parse_cookie(_header(headers, b"cookie"))
    # A page that was loaded before the upgrade reconnects with the former cookie
    # (config.middleware.former_cookies).
    former = cookies.get(settings.FORMER_SESSION_COOKIE_NAME, "")
    return cookies.get(settings.SESSION_COOKIE_NAME) or former


def language_of(headers: Headers) -> str:
    """Return the language that Django would choose for a page with these headers."""
    request = HttpRequest()
    request.COOKIES = parse_cookie(_header(headers, b"cookie"))
    # config.middleware.former_cookies does the same for pages.
    if former := request.COOKIES.get(settings.FORMER_LANGUAGE_COOKIE_NAME):
        request.COOKIES.setdefault(settings.LANGUAGE_COOKIE_NAME, former)
    request.META["HTTP_ACCEPT_LANGUAGE"] = _header(headers, b"accept-language")
    return get_language_from_request(request)


def _header(headers: Headers, name: bytes) -> str:
    return next((value.decode("latin1") for each, value in headers if each == name), "")


def _check_ended(keys: list[str]) -> list[bool]:
    sessions = SessionStore.get_model_class().objects.filter(pk__in=keys, user__is_active=True)
    live = set(sessions.values_list("pk", flat=True))
    return [key not in live for key in keys]


def _check_renewed(ended: list[AuthenticatedSession]) -> list[bool]:
    """Return for each session whether it continues under another key. A password change renews the
    key and keeps the group.
    """
    sessions = SessionStore.get_model_class().objects.filter(expire_date__gt=timezone.now())
    others = sessions.filter(user__in={session.person.id for session in ended}).exclude(
        pk__in=[session.key for session in ended]
    )
    live = {(row.user_id, session_group(row.session_key, row.get_decoded())) for row in others}
    return [(session.person.id, session.group) in live for session in ended]


def _authenticate_all(keys: list[str]) -> list[AuthenticatedSession | Exception | None]:
    found: list[AuthenticatedSession | Exception | None] = []
    for key in keys:
        found.append(_authenticate(key))
        if isinstance(found[-1], OperationalError):  # the next query could time out as well
            return found + found[-1:] * (len(keys) - len(found))
    return found


def _authenticate(key: str) -> AuthenticatedSession | Exception | None:
    """Return an exception instead of raising it, so that the other keys of the batch are loaded."""
    session = ReadOnlySession(key)
    try:
        # Django's `get_user` needs nothing else of a request.
        user = get_user(cast(HttpRequest, SimpleNamespace(session=session)))
        if not user.is_authenticated:
            return None
        return AuthenticatedSession(
            Person(user.pk, user.get_username()), key, session_group(key, session)
        )
    except Exception as error:  # noqa: BLE001
        return error


class SessionAuthenticator:
    def __init__(self) -> None:
        self.sessions: BatchLoader[str, AuthenticatedSession | None] = BatchLoader(
            _authenticate_all
        )
        self.ends: BatchLoader[str, bool] = BatchLoader(_check_ended)
        self.renewals: BatchLoader[AuthenticatedSession, bool] = BatchLoader(_check_renewed)

    async def authenticate(self, key: str) -> AuthenticatedSession | None:
        """Return the session with this key, or None if it is not signed in."""
        return await self.sessions.load(key) if key else None

    async def is_valid(self, session: AuthenticatedSession) -> bool:
        """Return whether a window may stay open. If the database does not answer, return True."""
        try:
            return await self.authenticate(session.key) is not None
        except DatabaseError:
            logger.warning("The database does not answer; a session could not be checked")
            return True

    async def has_ended(self, session: AuthenticatedSession) -> bool:
        """Return whether a session has ended or its user was deactivated."""
        with suppress(DatabaseError):  # it is checked again within a minute
            return await self.ends.load(session.key)
        return False

    async def is_renewed(self, ended: AuthenticatedSession) -> bool:
        """Return whether a session continues under a new key, which only its browser has."""
        with suppress(DatabaseError, TimeoutError):
            async with asyncio.timeout(RENEWAL_TIMEOUT):
                return await self.renewals.load(ended)
        return False


authenticator = SessionAuthenticator()
