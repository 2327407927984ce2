"""Receivers for Django's signals about users and sessions.

They notify windows after the commit. Earlier, the windows would still find themselves signed in.
"""

import secrets

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import transaction

from messaging.delivery import groups


def logged_in(request, **_) -> None:
    """Handle `user_logged_in`. Store a name for the windows' group; the session key may change."""
    request.session[groups.SESSION_KEY] = secrets.token_urlsafe(12)


def session_deleted(instance: AbstractBaseSession, **_) -> None:
    """Handle `post_delete` of a session that was ended or has expired."""
    key, session = instance.session_key, instance.get_decoded()
    transaction.on_commit(lambda: groups.session_ended(key, session))


def account_changed(instance, created=False, update_fields=None, **_) -> None:
    """Handle `post_save` and `post_delete` of a user. Ignore updates of unrelated fields."""
    person_id = instance.pk
    if not created and (update_fields is None or {"password", "is_active"} & set(update_fields)):
        transaction.on_commit(lambda: groups.account_changed(person_id))
