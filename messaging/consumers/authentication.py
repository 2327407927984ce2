"""Finds out who opens a socket: everybody who asks meanwhile in one go, and in one hop into the
database's thread.
"""

from collections.abc import Iterable
from importlib import import_module
from types import SimpleNamespace
from typing import NamedTuple, cast

from django.conf import settings
from django.contrib.auth import get_user
from django.db import OperationalError
from django.http import HttpRequest, parse_cookie
from django.utils import timezone
from django.utils.translation import get_language_from_request

from messaging.consumers.batch import BatchLoader
from messaging.delivery.groups import session_group
from messaging.domain.messages import Person

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


class ReadOnlySession(SessionStore):  # type: ignore[misc, valid-type]
    """A session that is looked at."""

    key_salt = SessionStore().key_salt  # which Django makes from the name of a class

    def cycle_key(self) -> None:
        """As Django wants it where the server's own key is a new one: but its browser would not
        hear of it.
        """


class AuthenticatedSession(NamedTuple):
    """Who holds a session, by which key, and the group of its windows."""

    person: Person
    key: str
    group: str


def session_key(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The key in the session cookie of a handshake, "" if there is none."""
    cookies = next((value.decode("latin1") for name, value in headers if name == b"cookie"), "")
    found = parse_cookie(cookies)
    # A page that was open when the cookies got other names comes back with the old one
    # (config.middleware.former_cookies).
    return found.get(settings.SESSION_COOKIE_NAME) or found.get(
        settings.FORMER_SESSION_COOKIE_NAME, ""
    )


def language_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the language of a page, by the headers of its handshake: the one that was chosen in
    its browser, else the first of the browser's own that there is. Django does the rest, as for any
    page.
    """
    sent = {
        name: value.decode("latin1")
        for name, value in headers
        if name in {b"cookie", b"accept-language"}
    }
    request = HttpRequest()
    request.COOKIES = parse_cookie(sent.get(b"cookie", ""))
    if former := request.COOKIES.get(
        settings.FORMER_LANGUAGE_COOKIE_NAME
    ):  # config.middleware.former_cookies
        request.COOKIES.setdefault(settings.LANGUAGE_COOKIE_NAME, former)
    request.META["HTTP_ACCEPT_LANGUAGE"] = sent.get(b"accept-language", "")
    return get_language_from_request(request)


def _check_ended(keys: list[str]) -> list[bool]:
    sessions = SessionStore.get_model_class().objects.filter(pk__in=keys, user__is_active=True)
    live = set(sessions.values_list("pk", flat=True))
    return [key not in live for key in keys]


def _check_renewed(ended: list[AuthenticatedSession]) -> list[bool]:
    """A new password gives the session in which it was chosen another key, and leaves it its
    windows' name.
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
        if isinstance(
            found[-1], OperationalError
        ):  # it does not answer: to ask again could take as long again
            return found + found[-1:] * (len(keys) - len(found))
    return found


def _authenticate(key: str) -> AuthenticatedSession | Exception | None:
    """What goes wrong with one key is the answer to that one alone."""
    session = ReadOnlySession(key)
    try:
        # Django's own look at a session asks a request for nothing else.
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
        """Who is signed in with this key; None if nobody is."""
        return await self.sessions.load(key) if key else None

    async def has_ended(self, key: str) -> bool:
        """Whether a session that somebody held a moment ago has been ended since, or they were shut
        out.
        """
        return await self.ends.load(key)

    async def is_renewed(self, ended: AuthenticatedSession) -> bool:
        """Whether a session that does not hold any more has been given another key, which its
        browser alone has.
        """
        return await self.renewals.load(ended)


authenticator = SessionAuthenticator()
