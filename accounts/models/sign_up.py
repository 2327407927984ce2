"""Invitations, and reserved names of deleted accounts."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

RESERVED_FOR = timedelta(days=30)


class Invitation(models.Model):
    """An invitation to sign up. Its link is stored as a hash. It is deleted when it has no uses
    left.
    """

    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        editable=False,
        related_name="invitations",
        verbose_name=_("created by"),
    )
    uses_left = models.PositiveSmallIntegerField(_("uses left"), default=1)
    expires_at = models.DateTimeField(_("expires"))
    makes_administrator = models.BooleanField(
        _("makes an administrator"), default=False, editable=False
    )

    class Meta:
        ordering = ["expires_at"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        words = ngettext(
            "an invitation for %(count)d person",
            "an invitation for %(count)d people",
            self.uses_left,
        )
        return words % {"count": self.uses_left}


class ReservedNameManager(models.Manager["ReservedName"]):
    """Reserve names and look them up. Names are folded, as in `User.username_key`."""

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
    """The name of a deleted account, stored as a keyed hash that only this server can compute."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    until = models.DateField(editable=False)

    objects = ReservedNameManager()

    def __str__(self) -> str:
        return gettext("a name reserved until %(day)s") % {"day": self.until}


def _digest(username_key: str, key: str | None = None) -> str:
    return salted_hmac(
        "accounts.reserved_names", username_key, secret=key, algorithm="sha256"
    ).hexdigest()
