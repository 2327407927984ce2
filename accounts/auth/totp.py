"""Codes that an app makes from a shared secret and the time (RFC 6238), six digits for 30
seconds.
"""

import base64
import os
import time

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.utils.crypto import constant_time_compare

from accounts import spelling

SECRET = 20  # bytes, as long as the hash (RFC 4226, section 4, R6)
DIGITS, SECONDS = 6, 30
# A code just gone counts, since typing takes time, and the next one, since clocks differ (RFC 6238,
# section 5.2).
DRIFT = (0, -1, 1)


def new_secret() -> bytes:
    return os.urandom(SECRET)


def current_step() -> int:
    """How many times 30 seconds have passed since 1970."""
    return int(time.time()) // SECONDS


def code(secret: bytes, step: int) -> str:
    return HOTP(secret, DIGITS, SHA1()).generate(step).decode()  # noqa: S303 - HMAC does not suffer from SHA-1's collisions


def matching_step(typed: str, secret: bytes) -> int | None:
    """The step, about now, of which this is the code, in the digits of any script; None if it is of
    none.
    """
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
    """The secret as one types it into an app: base32, in fours."""
    letters = base64.b32encode(secret).decode()
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def provisioning_uri(secret: bytes, person: str, site: str) -> str:
    """The secret as an app reads it from a square: an `otpauth:` address (Google's Key Uri Format).

    A colon parts the site and the person in it, so neither may hold one, and some apps show the +
    of a space.
    """
    person, site = (" ".join(words.replace(":", " ").split()) for words in (person, site))
    totp = TOTP(secret, DIGITS, SHA1(), SECONDS)  # noqa: S303
    return totp.get_provisioning_uri(person, site).replace("+", "%20")
