"""Deleting an account: every row goes, and for 30 days nobody else gets the name."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from accounts import write_ahead_log

if TYPE_CHECKING:
    from accounts.models import User

RESERVED_FOR = timedelta(days=30)


class ReservedName(models.Model):
    """The name of somebody who is gone, as a hash that only this server can make."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    until = models.DateField(editable=False)

    def __str__(self) -> str:
        return gettext("a name reserved until %(day)s") % {"day": self.until}


def delete_account(user: "User") -> None:
    """Deletes a person with everything about them. Their windows close: who deletes sessions and
    people is heard.
    """
    until = timezone.now().date() + RESERVED_FOR
    with transaction.atomic():
        ReservedName.objects.update_or_create(
            digest=_digest(user.username_key), defaults={"until": until}
        )
        notes_about(user).delete()
        user.delete()
        transaction.on_commit(write_ahead_log.empty_soon)


def notes_about(user: "User") -> models.QuerySet[LogEntry]:
    """What the administration has noted about a person; it holds their name."""
    kind = ContentType.objects.get_for_model(get_user_model())
    return LogEntry.objects.filter(content_type=kind, object_id=str(user.pk))


def is_reserved(username_key: str) -> bool:
    today = timezone.now().date()
    # A new SECRET_KEY frees no name, as long as the old one is among the fallbacks.
    digests = [
        _digest(username_key, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
    return ReservedName.objects.filter(digest__in=digests, until__gte=today).exists()


def sweep() -> None:
    """Forgets the names whose time is over."""
    ReservedName.objects.filter(until__lt=timezone.now().date()).delete()


def _digest(username_key: str, key: str | None = None) -> str:
    return salted_hmac(
        "accounts.reserved_names", username_key, secret=key, algorithm="sha256"
    ).hexdigest()
