"""Sessions that are nobody's yet: what they hold is for the next step, and they are no one's to see or to end."""

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest

LAST = 3600  # seconds


def keep(request: HttpRequest, name: str, value: object) -> None:
    """Puts something into the session, which ends within the hour unless somebody is signed in (`pages.let_in`)."""
    if SESSION_KEY not in request.session:
        request.session.set_expiry(LAST)
    request.session[name] = value
