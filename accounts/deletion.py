"""Deleting an account with everything about it."""

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from accounts import write_ahead_log
from accounts.models import ReservedName, User


def delete_account(user: User) -> None:
    """Delete a user with everything about them. Signals close their windows."""
    with transaction.atomic():
        ReservedName.objects.reserve(user.username_key)
        log_entries_about(user).delete()
        user.delete()
        transaction.on_commit(write_ahead_log.empty_soon)


def log_entries_about(user: User) -> models.QuerySet[LogEntry]:
    """Return the administration's log of changes to a user, which has their name."""
    kind = ContentType.objects.get_for_model(User)
    return LogEntry.objects.filter(content_type=kind, object_id=str(user.pk))
