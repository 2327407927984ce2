"""Invitations to sign up."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class Invitation(models.Model):
    """A link that lets so many people sign up. Of the link only a hash is kept; used up, it is
    deleted.
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
