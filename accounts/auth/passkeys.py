"""Store passkeys and verify their signatures (WebAuthn, level 3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException

from accounts.models import Passkey, User

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Words

MAX_PASSKEYS = 20  # passkeys for each user
# The exceptions that the library raises for malformed answers.
MALFORMED = (WebAuthnException, ValueError, TypeError, RecursionError)

NOT_ACCEPTED = _(
    "This passkey isn’t accepted here. If you removed it from your account, remove it from your "
    "device too."
)
NOT_ADDED = _("The passkey couldn’t be added. Please try again.")
TOO_MANY = format_lazy(
    ngettext_lazy(
        "You already have {most} passkey, which is the limit. Remove one that you no longer use.",
        "You already have {most} passkeys, which is the limit. Remove one that you no longer use.",
        MAX_PASSKEYS,
    ),
    most=MAX_PASSKEYS,
)


class PasskeyRefused(Exception):
    """The passkey was refused. The message is a sentence to show on the page."""


def relying_party() -> str:
    """Return the domain that passkeys are bound to. It is never taken from a request header."""
    return urlsplit(settings.SITE_URL).hostname or ""


def add(user: User, answer: str, challenge: bytes, name: str) -> Passkey:
    """Store the public key of a new passkey. Raise PasskeyRefused if the answer is invalid or the
    user has too many passkeys.
    """
    if user.passkeys.count() >= MAX_PASSKEYS:
        raise PasskeyRefused(TOO_MANY)
    with _refused_if_malformed(NOT_ADDED):
        verified = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=relying_party(),
            expected_origin=settings.SITE_URL,
            require_user_verification=True,
        )
    passkey, is_new = Passkey.objects.get_or_create(
        credential_id=verified.credential_id,
        defaults={
            "user": user,
            "public_key": verified.credential_public_key,
            "sign_count": verified.sign_count,
            "name": name,
            "created_on": timezone.localdate(),
        },
    )
    if not is_new:
        raise PasskeyRefused(NOT_ADDED)
    return passkey


def authenticate(answer: str, challenge: bytes) -> User:
    """Return the user whose passkey signed the challenge, or raise PasskeyRefused. Its message is
    always the same, so that it does not reveal which accounts exist.
    """
    passkey = _passkey_in(answer)
    with _refused_if_malformed(NOT_ACCEPTED):
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=relying_party(),
            expected_origin=settings.SITE_URL,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    # Two answers with the same count mean a copied passkey, so only the first one is accepted.
    unchanged = Passkey.objects.filter(pk=passkey.pk, sign_count=passkey.sign_count)
    if not unchanged.update(sign_count=verified.new_sign_count, last_used_on=timezone.localdate()):
        raise PasskeyRefused(NOT_ACCEPTED)
    return passkey.user


def _passkey_in(answer: str) -> Passkey:
    """Return the passkey that an answer names. Raise PasskeyRefused if it is unknown, or if the
    answer has another user's handle.
    """
    with _refused_if_malformed(NOT_ACCEPTED):
        credential = parse_authentication_credential_json(answer)
    known = Passkey.objects.select_related("user__passkey_handle").filter(user__is_active=True)
    passkey = known.filter(credential_id=credential.raw_id).first()
    if (
        passkey is None
        or bytes(passkey.user.passkey_handle.handle) != credential.response.user_handle
    ):
        raise PasskeyRefused(NOT_ACCEPTED)
    return passkey


@contextmanager
def _refused_if_malformed(words: "Words") -> Iterator[None]:
    try:
        yield
    except MALFORMED as error:
        raise PasskeyRefused(words) from error
