"""Names of deleted accounts, which are not given to anyone else for 30 days."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

RESERVED_FOR = timedelta(days=30)


class ReservedNameManager(models.Manager["ReservedName"]):
    """Take folded names, as in `User.username_key`."""

    def reserve(self, username_key: str) -> None:
        until = timezone.now().date() + RESERVED_FOR
        self.update_or_create(digest=_digest(username_key), defaults={"until": until})

    def is_reserved(self, username_key: str) -> bool:
        # Names stay reserved under a new SECRET_KEY while the old one is a fallback.
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        digests = [_digest(username_key, key) for key in keys]
        return self.filter(digest__in=digests, until__gte=timezone.now().date()).exists()

    def delete_expired(self) -> None:
        self.filter(until__lt=timezone.now().date()).delete()


class ReservedName(models.Model):
    """The name of a deleted account, as a hash that only this server can compute."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    until = models.DateField(editable=False)

    objects = ReservedNameManager()

    def __str__(self) -> str:
        return gettext("a name reserved until %(day)s") % {"day": self.until}


def _digest(username_key: str, key: str | None = None) -> str:
    return salted_hmac(
        "accounts.reserved_names", username_key, secret=key, algorithm="sha256"
    ).hexdigest()
