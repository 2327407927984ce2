"""What the messaging rooms hear of accounts: Django's own signals, so that accounts need not know of windows."""

import secrets

from messaging import broadcasts


def began(request, **_) -> None:
    """Receiver of `user_logged_in`: the windows of a session have a name of their own, which outlives a changed key."""
    request.session[broadcasts.SESSION_NAME] = secrets.token_urlsafe(12)


def ended(request, **_) -> None:
    """Receiver of `user_logged_out`."""
    if request and request.session.session_key:
        # Django deletes the row only after this: a window that is sent away at once would find itself still logged in.
        request.session.delete(request.session.session_key)
        broadcasts.session_ended(request.session)


def changed(instance, created=False, update_fields=None, **_) -> None:
    """Receiver of `post_save` and `post_delete` of a person: a log-in that only notes its time is no change."""
    if not created and (update_fields is None or {"password", "is_active"} & set(update_fields)):
        broadcasts.account_changed(instance.pk)
