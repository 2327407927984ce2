"""List and end a user's sessions, with a coarse description of each browser."""

import secrets
from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext, gettext_noop

from accounts.models import Session, SessionStore, User, push_subscription

__all__ = ["SessionStore"]  # for SESSION_ENGINE

DETAILS = "sign_in"  # in the session: name, device, and the days "since" and "seen_on"
UNKNOWN = gettext_noop("An unknown browser")
LONGEST_USER_AGENT = 1000  # characters; the rest of the header is ignored

# The first match counts, because many browsers also claim to be others.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Vivaldi/": "Vivaldi",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Macintosh": "macOS",
    "Linux": "Linux",
    "BSD": "BSD",
}


class ListedSession(NamedTuple):
    """A session as shown to its user. `name` identifies it in place of the secret key."""

    name: str
    device: str
    since: date | None
    seen_on: date | None
    is_this: bool
    is_notified: bool  # gets push notifications


def note_login(request: HttpRequest, **_: object) -> None:
    """Store the details of a new session. Keep neither the address nor the whole `User-Agent`.

    This is a receiver of the signal `user_logged_in`.
    """
    today = _today()
    request.session[DETAILS] = {
        "name": secrets.token_urlsafe(12),
        "device": describe_browser(request.headers.get("User-Agent", "")),
        "since": today,
        "seen_on": today,
    }


def note_the_day(request: HttpRequest) -> None:
    """Record today as the day on which the session was last seen. This also extends the session."""
    details = request.session.get(DETAILS)
    if details and details["seen_on"] != _today():
        request.session[DETAILS] = {**details, "seen_on": _today()}


def listed(user: User, this_key: str | None) -> list[ListedSession]:
    """Return the user's sessions: the one with this key, then the others, last seen first."""
    found = [_listed(data, key == this_key) for key, data in Session.valid(user)]
    return sorted(found, key=lambda each: (each.is_this, each.seen_on or date.min), reverse=True)


def end_one(user: User, name: str) -> bool:
    """End the session with this name. Return whether there was one."""
    return bool(user.sessions.filter(pk__in=_named(user, name)).delete()[0])


def stop_notifying(user: User, name: str) -> bool:
    """Stop push notifications in the session with this name. Return whether there was one."""
    keys = _named(user, name)
    for key in keys:
        Session.change(key, push_subscription.forget)
    return bool(keys)


def end_all(user: User, but: str | None = None) -> int:
    """End all sessions except the one with the key `but`. Return how many were ended."""
    return int(user.sessions.exclude(pk=but or "").delete()[0])


def describe_browser(user_agent: str) -> str:
    """Return a description such as "Firefox on Linux", never a part of the header itself. It is
    just enough for users to recognise their own devices.
    """
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    return f"{browser or UNKNOWN} on {system}" if system else browser or UNKNOWN


def _named(user: User, name: str) -> list[str]:
    """Return the key of the session with this name, if there is one."""
    found = ((key, data.get(DETAILS, {})) for key, data in Session.valid(user))
    return [key for key, details in found if name and details.get("name") == name]


def _listed(data: dict[str, Any], is_this: bool) -> ListedSession:
    details = data.get(DETAILS, {})
    since, seen_on = (parse_date(details.get(day, "")) for day in ("since", "seen_on"))
    device = _translated(details.get("device", UNKNOWN))
    is_notified = bool(settings.PUSH_KEY) and push_subscription.ENDPOINT in data
    return ListedSession(details.get("name", ""), device, since, seen_on, is_this, is_notified)


def _translated(words: str) -> str:
    """Translate a result of `describe_browser` into the current language."""
    browser, _, system = words.partition(" on ")
    if not system:
        return gettext(browser)
    return gettext("%(browser)s on %(system)s") % {"browser": gettext(browser), "system": system}


def _first(words: dict[str, str], user_agent: str) -> str:
    return next(
        (word for mark, word in words.items() if mark in user_agent[:LONGEST_USER_AGENT]), ""
    )


def _today() -> str:
    return timezone.now().date().isoformat()
