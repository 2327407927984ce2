"""The key with which the server identifies itself to push services (VAPID, RFC 8292)."""

import time
from functools import cache

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid
from py_vapid.utils import b64urlencode, num_to_bytes

VALID_SECONDS = 12 * 3600  # of a token; at most 24 hours are allowed
KEY_BYTES = 32


def new_key() -> str:
    """Return a new private key, as PUSH_KEY has it."""
    vapid = Vapid()
    vapid.generate_keys()
    number = vapid.private_key.private_numbers().private_value
    return b64urlencode(num_to_bytes(number, KEY_BYTES))


def public_key() -> str:
    """Return the `applicationServerKey` with which browsers subscribe."""
    point = _vapid(settings.PUSH_KEY).public_key.public_bytes(
        Encoding.X962, PublicFormat.UncompressedPoint
    )
    return b64urlencode(point)


def authorization(host: str) -> dict[str, str]:
    """Return the header that proves to a push service who is asking."""
    claims = {
        "aud": f"https://{host}",
        "exp": int(time.time()) + VALID_SECONDS,
        "sub": settings.PUSH_CONTACT,
    }
    return _vapid(settings.PUSH_KEY).sign(claims)


@cache
def _vapid(key: str) -> Vapid:
    vapid = Vapid.from_raw(key.encode())
    # The settings have checked the contact. py_vapid would refuse a port in it.
    vapid.conf = {"no-strict": True}
    return vapid
