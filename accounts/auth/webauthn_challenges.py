"""Asking devices for passkeys (WebAuthn, level 3). The session of the browser keeps each challenge,
which can be answered once within five minutes.
"""

import json
import os
import time

import webauthn
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from webauthn.helpers import base64url_to_bytes, parse_client_data_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.auth import passkeys, throttling
from accounts.models import PasskeyHandle, User
from accounts.models.credentials import HANDLE

LIFETIME = 300  # seconds
MOST = 5  # challenges of one browser; further ones replace the oldest
LONGEST_ANSWER = 8_000  # characters; an RSA key with the longest id takes half of it
KEY = "passkey_challenges"  # in the session: challenges in hexadecimal, with the time of each
# The device checks a finger, a face or a PIN, so a passkey alone counts as two factors.
VERIFIED = UserVerificationRequirement.REQUIRED
TOO_LATE = gettext_lazy("This request has expired or was already used. Please try again.")


def options_to_add(user: User) -> tuple[str, bytes]:
    """Return the options for `navigator.credentials.create`, as JSON, and the challenge in them."""
    options = webauthn.generate_registration_options(
        rp_id=passkeys.relying_party(),
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
    """Return the options for `navigator.credentials.get`, as JSON, and the challenge in them. They
    name no user, because the device knows whose passkeys it has.
    """
    options = webauthn.generate_authentication_options(
        rp_id=passkeys.relying_party(), timeout=LIFETIME * 1000, user_verification=VERIFIED
    )
    return webauthn.options_to_json(options), options.challenge


def store_challenge(request: HttpRequest, challenge: bytes) -> None:
    given = {**request.session.get(KEY, {}), challenge.hex(): int(time.time())}
    request.session[KEY] = dict(sorted(given.items(), key=lambda item: item[1])[-MOST:])


def use_challenge(request: HttpRequest, challenge: bytes) -> bool:
    """Remove a challenge, and return whether this browser had it and it has not expired."""
    given = request.session.get(KEY, {})
    at = given.get(challenge.hex())
    if at is None:
        return False
    request.session[KEY] = {key: value for key, value in given.items() if key != challenge.hex()}
    # Of two requests that read the session at the same time, this counter stops the second.
    is_first = not throttling.wait([(throttling.PASSKEY_ANSWER, challenge.hex())])
    return is_first and time.time() - at <= LIFETIME


def posted_answer(request: HttpRequest) -> tuple[str, bytes]:
    """Return the device's answer, as JSON, and its challenge. Raise PasskeyRefused if this browser was
    not given that challenge.
    """
    answer = request.POST.get("answer", "")[:LONGEST_ANSWER]
    challenge = challenge_in(answer)
    if not use_challenge(request, challenge):
        raise passkeys.PasskeyRefused(TOO_LATE)
    return answer, challenge


def challenge_in(answer: str) -> bytes:
    """Return the challenge that an answer names, or b"" if it cannot be read."""
    try:
        client_data = json.loads(answer)["response"]["clientDataJSON"]
        return parse_client_data_json(base64url_to_bytes(client_data)).challenge
    except (*passkeys.MALFORMED, KeyError):
        return b""


def _handle(user: User) -> bytes:
    kept, _ = PasskeyHandle.objects.get_or_create(
        user=user, defaults={"handle": os.urandom(HANDLE)}
    )
    return bytes(kept.handle)
