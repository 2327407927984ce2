"""Ask devices for passkeys (WebAuthn, level 3). Each challenge can be answered once."""

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
from accounts.models.credentials import HANDLE_BYTES

LIFETIME = 300  # seconds
MAX_CHALLENGES = 5  # challenges in a session
LONGEST_ANSWER = 8_000  # characters, twice the length of an RSA key with the longest id
CHALLENGES_KEY = "passkey_challenges"  # in the session: the time at which each challenge was issued
# The device verifies a fingerprint, a face or a PIN, so a passkey alone counts as two factors.
VERIFIED = UserVerificationRequirement.REQUIRED
TOO_LATE = gettext_lazy("This request has expired or was already used. Please try again.")


def options_to_add(user: User) -> tuple[str, bytes]:
    """Return the JSON for `navigator.credentials.create`, and its challenge."""
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
    """Return the JSON for `navigator.credentials.get`, which names no user, and its challenge."""
    options = webauthn.generate_authentication_options(
        rp_id=passkeys.relying_party(), timeout=LIFETIME * 1000, user_verification=VERIFIED
    )
    return webauthn.options_to_json(options), options.challenge


def store_challenge(request: HttpRequest, challenge: bytes) -> None:
    given = {**request.session.get(CHALLENGES_KEY, {}), challenge.hex(): int(time.time())}
    newest = sorted(given.items(), key=lambda item: item[1])[-MAX_CHALLENGES:]
    request.session[CHALLENGES_KEY] = dict(newest)


def use_challenge(request: HttpRequest, challenge: bytes) -> bool:
    """Use up a challenge. Return whether it was issued to this browser and has not expired."""
    given = request.session.get(CHALLENGES_KEY, {})
    at = given.get(challenge.hex())
    if at is None:
        return False
    request.session[CHALLENGES_KEY] = {
        key: value for key, value in given.items() if key != challenge.hex()
    }
    # This counter stops the second of two simultaneous requests.
    is_first = not throttling.wait([(throttling.PASSKEY_ANSWER, challenge.hex())])
    return is_first and time.time() - at <= LIFETIME


def posted_answer(request: HttpRequest) -> tuple[str, bytes]:
    """Return the device's answer, as JSON, and its challenge. Raise PasskeyRefused if the challenge
    was not issued to this browser, has expired or was used before.
    """
    answer = request.POST.get("answer", "")[:LONGEST_ANSWER]
    challenge = challenge_in(answer)
    if not use_challenge(request, challenge):
        raise passkeys.PasskeyRefused(TOO_LATE)
    return answer, challenge


def challenge_in(answer: str) -> bytes:
    """Return the challenge in an answer, or b"" if the answer is malformed."""
    try:
        client_data = json.loads(answer)["response"]["clientDataJSON"]
        return parse_client_data_json(base64url_to_bytes(client_data)).challenge
    except (*passkeys.MALFORMED, KeyError):
        return b""


def _handle(user: User) -> bytes:
    kept, _ = PasskeyHandle.objects.get_or_create(
        user=user, defaults={"handle": os.urandom(HANDLE_BYTES)}
    )
    return bytes(kept.handle)
