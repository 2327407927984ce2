"""What the messaging rooms hear of accounts: Django's own signals, so that accounts need not know
of windows.
"""

import secrets

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import transaction

from messaging.delivery import groups


def logged_in(request, **_) -> None:
    """Receiver of `user_logged_in`: the windows of a session have a name of their own, which
    outlives a changed key.
    """
    request.session[groups.SESSION_KEY] = secrets.token_urlsafe(12)


def session_deleted(instance: AbstractBaseSession, **_) -> None:
    """Receiver of `post_delete` of a session, whoever ended it: its owner here or elsewhere, the
    staff, or time.
    """
    key, session = instance.session_key, instance.get_decoded()
    _when_it_is_so(lambda: groups.session_ended(key, session))


def account_changed(instance, created=False, update_fields=None, **_) -> None:
    """Receiver of `post_save` and `post_delete` of a person: a log-in that only notes its time is
    no change.
    """
    person_id = instance.pk
    if not created and (update_fields is None or {"password", "is_active"} & set(update_fields)):
        _when_it_is_so(lambda: groups.account_changed(person_id))


def _when_it_is_so(tell) -> None:
    # A window that looks before the database has let go of it would find itself still signed in.
    transaction.on_commit(tell)
