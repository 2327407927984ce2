"""Where one is signed in: Django's sessions in the database, each of which knows whose it is."""

import secrets
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.contrib.auth import HASH_SESSION_KEY
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts import user_agents
from accounts.models import User
from accounts.models.session import SessionStore

__all__ = ["SessionStore"]  # for SESSION_ENGINE

SIGN_IN = "sign_in"  # in a session: its name for the list, what it was begun with, and the days


class SignIn(NamedTuple):
    """One place where somebody is signed in. `name` stands for the session's key, which would open
    the account.
    """

    name: str
    device: str
    since: date | None
    seen_on: date | None
    is_this: bool


def began(request: HttpRequest, **_: Any) -> None:
    """Receiver of `user_logged_in`. The header itself is not kept, nor the address."""
    today = _today()
    request.session[SIGN_IN] = {
        "name": secrets.token_urlsafe(12),
        "device": user_agents.in_words(request.headers.get("User-Agent", "")),
        "since": today,
        "seen_on": today,
    }


def note_the_day(request: HttpRequest) -> None:
    """Once a day for each session, which also puts off its end."""
    sign_in = request.session.get(SIGN_IN)
    if sign_in and sign_in["seen_on"] != _today():
        request.session[SIGN_IN] = {**sign_in, "seen_on": _today()}


def of(user: User, this_key: str | None) -> list[SignIn]:
    """Where somebody is signed in, the place that asks first, then by the day they were last
    seen.
    """
    found = [_sign_in(data, key == this_key) for key, data in _held_by(user)]
    return sorted(found, key=lambda each: (each.is_this, each.seen_on or date.min), reverse=True)


def end(user: User, name: str) -> bool:
    """Signs one place out; whether there was one of that name."""
    keys = [key for key, data in _held_by(user) if data.get(SIGN_IN, {}).get("name") == name]
    return bool(name) and bool(user.sessions.filter(pk__in=keys).delete()[0])


def end_all(user: User, but: str | None = None) -> int:
    """Signs somebody out everywhere, or everywhere but here; in how many places."""
    return int(user.sessions.exclude(pk=but or "").delete()[0])


def _held_by(user: User) -> Iterator[tuple[str, dict[str, Any]]]:
    """The sessions that still hold, by their keys: a changed password has ended those of before."""
    proof = user.get_session_auth_hash()
    for row in user.sessions.filter(expire_date__gt=timezone.now()):
        if (data := row.get_decoded()).get(HASH_SESSION_KEY) == proof:
            yield row.session_key, data


def _sign_in(data: dict[str, Any], is_this: bool) -> SignIn:
    kept = data.get(SIGN_IN, {})
    since, seen_on = (parse_date(kept.get(day, "")) for day in ("since", "seen_on"))
    device = user_agents.in_language(kept.get("device", user_agents.UNKNOWN))
    return SignIn(kept.get("name", ""), device, since, seen_on, is_this)


def _today() -> str:
    return timezone.now().date().isoformat()
