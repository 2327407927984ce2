"""Temporary users for the proof. They have sessions, but no passwords."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model

from messaging.ops.proof.server import signals_deferred

LIFETIME = 900  # seconds, in case the command is killed before it deletes the sessions


@dataclass(frozen=True, slots=True)
class TemporaryUser:
    id: int
    name: str
    session_key: str


@contextmanager
def temporary_users(count: int) -> Iterator[list[TemporaryUser]]:
    """Create users, each with a session, and delete them at the end of the block."""
    made: list = []
    try:
        with signals_deferred():
            made.extend(_make() for _ in range(count))
        yield [
            TemporaryUser(user.pk, user.get_username(), session.session_key)
            for user, session in made
        ]
    finally:
        with signals_deferred():
            for user, session in made:
                session.delete()
                user.delete()


def _make():
    # Without a password, they cannot log in.
    user = get_user_model().objects.create_user(f"proof-{secrets.token_hex(6)}")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.set_expiry(LIFETIME)
    session.save()
    return user, session
