"""Create, check and use invitations to sign up."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, User

MAX_USES = 100
MAX_OPEN = 20  # for users who are not staff
LIFETIME_OF_FIRST = timedelta(days=1)


def issue(invitation: Invitation) -> str:
    """Store a new invitation. Return its link, of which only a hash is stored."""
    token = secrets.token_urlsafe(24)
    invitation.digest = _digest(token)
    invitation.save(force_insert=True)
    return settings.SITE_URL + reverse("accounts:invitation", args=[token])


def create(made_by: User | None, uses: int, lifetime: timedelta, **fields: bool) -> str:
    return issue(
        Invitation(made_by=made_by, uses_left=uses, expires_at=timezone.now() + lifetime, **fields)
    )


def create_for_first_administrator() -> str:
    """Return a sign-up link that makes its user an administrator. Earlier ones become invalid."""
    Invitation.objects.filter(makes_administrator=True).delete()
    return create(None, 1, LIFETIME_OF_FIRST, makes_administrator=True)


def has_administrator() -> bool:
    return User.objects.filter(is_superuser=True, is_active=True).exists()


def valid() -> models.QuerySet[Invitation]:
    """Return invitations that have uses left, have not expired, and whose creator may still invite.
    The link for the first administrator also works on closed sites, until there is one.
    """
    inviting = models.Q(made_by=None) | models.Q(made_by__is_active=True)
    if settings.INVITATIONS == "staff":
        inviting &= models.Q(made_by=None) | models.Q(made_by__is_staff=True)
    if settings.SIGNUP == "closed":
        inviting &= models.Q(makes_administrator=True)
    found = Invitation.objects.filter(inviting, expires_at__gt=timezone.now(), uses_left__gt=0)
    return found.exclude(makes_administrator=True) if has_administrator() else found


def find_by_token(token: str) -> Invitation | None:
    return valid().filter(digest=_digest(token)).first() if token else None


def find_by_id(pk: str) -> Invitation | None:
    return valid().filter(pk=pk).first() if pk else None


def accept(invitation: Invitation, user: User) -> bool:
    """Use an invitation in the sign-up's transaction. Return whether it was still valid."""
    used = valid().filter(pk=invitation.pk).update(uses_left=models.F("uses_left") - 1)
    if used and invitation.makes_administrator:
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
    Invitation.objects.filter(uses_left=0).delete()
    return bool(used)


def delete_expired() -> None:
    Invitation.objects.filter(expires_at__lte=timezone.now()).delete()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
