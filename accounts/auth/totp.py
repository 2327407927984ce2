"""Time-based one-time passwords (RFC 6238)."""

import base64
import os
import time

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.utils.crypto import constant_time_compare

from accounts import spelling

SECRET_BYTES = 20  # bytes, the length of the hash (RFC 4226, section 4, R6)
DIGITS, SECONDS = 6, 30
# The previous and the next code are valid too, because clocks differ (RFC 6238, section 5.2).
DRIFT = (0, -1, 1)


def new_secret() -> bytes:
    return os.urandom(SECRET_BYTES)


def current_step() -> int:
    """Return the number of 30-second steps since 1970."""
    return int(time.time()) // SECONDS


def code(secret: bytes, step: int) -> str:
    return HOTP(secret, DIGITS, SHA1()).generate(step).decode()  # noqa: S303 - collisions do not affect HMAC


def matching_step(typed: str, secret: bytes) -> int | None:
    """Return the step that this code belongs to, or None if no current step matches."""
    digits, now = spelling.normalise_code(typed), current_step()
    return next(
        (
            now + drift
            for drift in DRIFT
            if constant_time_compare(digits, code(secret, now + drift))
        ),
        None,
    )


def as_base32(secret: bytes) -> str:
    """Return the secret as base32 in groups of four, for users who type it in."""
    letters = base64.b32encode(secret).decode()
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def provisioning_uri(secret: bytes, person: str, site: str) -> str:
    """Return an `otpauth:` URI with the secret, for a QR code (Google's Key Uri Format).

    Replace colons in both names, because a colon separates them. Encode spaces as %20, because some
    apps show + literally.
    """
    person, site = (" ".join(words.replace(":", " ").split()) for words in (person, site))
    totp = TOTP(secret, DIGITS, SHA1(), SECONDS)  # noqa: S303
    return totp.get_provisioning_uri(person, site).replace("+", "%20")
