"""Passkeys (WebAuthn, level 3): what a device is asked, and whether its answer holds. No requests
or HTML.
"""

import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from webauthn.helpers import (
    base64url_to_bytes,
    parse_authentication_credential_json,
    parse_client_data_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.models import User
from accounts.models.credentials import HANDLE, Passkey, PasskeyHandle

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Words

MOST = 20  # passkeys of one person
LIFETIME = 300  # seconds in which a device has to answer
LONGEST_ANSWER = 8_000  # characters; an RSA key with the longest id takes half of it
# The device makes sure who holds it (a finger, a face, a PIN): what one has and what one is or
# knows, so two factors.
VERIFIED = UserVerificationRequirement.REQUIRED
# What a malformed answer makes the library and the decoders beneath it raise.
MALFORMED = (WebAuthnException, ValueError, TypeError, RecursionError)

NOT_ACCEPTED = _(
    "This passkey isn’t accepted here. If you removed it from your account, remove it from "
    "your "
    "device too."
)
NOT_ADDED = _("The passkey couldn’t be added. Please try again.")
TOO_MANY = format_lazy(
    ngettext_lazy(
        "You already have {most} passkey, which is the limit. Remove one that you no longer use.",
        "You already have {most} passkeys, which is the limit. Remove one that you no longer use.",
        MOST,
    ),
    most=MOST,
)


class Refused(Exception):
    """The reason in words, for the person at the page."""


def relying_party() -> str:
    """The name that passkeys are bound to, from SITE_URL alone: no header of a request has a
    say.
    """
    return urlsplit(settings.SITE_URL).hostname or ""


def options_to_add(user: User) -> tuple[str, bytes]:
    """What `navigator.credentials.create` is asked for, as JSON, and the challenge in it. A device
    is added once.
    """
    options = webauthn.generate_registration_options(
        rp_id=relying_party(),
        rp_name=settings.SITE_NAME,
        user_name=user.username,
        user_display_name=user.username,
        user_id=_handle(user),
        timeout=LIFETIME * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(bytes(id))
            for id in user.passkeys.values_list("credential_id", flat=True)
        ],
    )
    return webauthn.options_to_json(options), options.challenge


def options_to_log_in() -> tuple[str, bytes]:
    """What `navigator.credentials.get` is asked for, of anybody alike: the device knows whom it has
    keys of.
    """
    options = webauthn.generate_authentication_options(
        rp_id=relying_party(), timeout=LIFETIME * 1000, user_verification=VERIFIED
    )
    return webauthn.options_to_json(options), options.challenge


def challenge_in(answer: str) -> bytes:
    """The challenge that an answer of either kind says it answers; b"" where it says nothing that
    could be read.
    """
    try:
        client_data = json.loads(answer)["response"]["clientDataJSON"]
        return parse_client_data_json(base64url_to_bytes(client_data)).challenge
    except (*MALFORMED, KeyError):
        return b""


def add(user: User, answer: str, challenge: bytes, name: str) -> Passkey:
    """Keeps the new device's public key under a name. Raises Refused."""
    if user.passkeys.count() >= MOST:
        raise Refused(TOO_MANY)
    verified = _or_refused(
        NOT_ADDED,
        webauthn.verify_registration_response,
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
        raise Refused(NOT_ADDED)
    return passkey


def owner(answer: str, challenge: bytes) -> User:
    """Whom a device speaks for, and notes the use. Raises Refused, always in the same words: they
    say who is here.
    """
    passkey = _passkey_in(answer)
    verified = _or_refused(
        NOT_ACCEPTED,
        webauthn.verify_authentication_response,
        credential=answer,
        expected_challenge=challenge,
        expected_rp_id=relying_party(),
        expected_origin=settings.SITE_URL,
        credential_public_key=bytes(passkey.public_key),
        credential_current_sign_count=passkey.sign_count,
        require_user_verification=True,
    )
    # Of two answers with one count, one is a copy's: only who finds the count as it was read may go
    # on.
    unchanged = Passkey.objects.filter(pk=passkey.pk, sign_count=passkey.sign_count)
    if not unchanged.update(sign_count=verified.new_sign_count, last_used_on=timezone.localdate()):
        raise Refused(NOT_ACCEPTED)
    return passkey.user


def _passkey_in(answer: str) -> Passkey:
    """The passkey that an answer names, if its device also knows its person by the handle they were
    given here.
    """
    credential = _or_refused(NOT_ACCEPTED, parse_authentication_credential_json, answer)
    known = Passkey.objects.select_related("user__passkey_handle").filter(user__is_active=True)
    passkey = known.filter(credential_id=credential.raw_id).first()
    if (
        passkey is None
        or bytes(passkey.user.passkey_handle.handle) != credential.response.user_handle
    ):
        raise Refused(NOT_ACCEPTED)
    return passkey


def _handle(user: User) -> bytes:
    kept, _ = PasskeyHandle.objects.get_or_create(
        user=user, defaults={"handle": os.urandom(HANDLE)}
    )
    return bytes(kept.handle)


def _or_refused(words: "Words", check: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """What a check of the library makes of an answer, whoever wrote it. Raises Refused where it
    makes nothing of it.
    """
    try:
        return check(*args, **named)
    except MALFORMED as error:
        raise Refused(words) from error
