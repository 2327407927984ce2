"""What is stored so that the database alone does not give it away: sealed with a key made from SECRET_KEY."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """SECRET_KEY is another one than it was, and SECRET_KEY_FALLBACKS does not know that one."""


def _cipher(purpose: bytes) -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(key.encode(), purpose))) for key in keys])


def _derive(key: bytes, purpose: bytes) -> bytes:
    """A key for one purpose (RFC 5869), so that nothing sealed for one opens in the place of another."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"sotto " + purpose).derive(key)


def seal(purpose: bytes, content: bytes) -> bytes:
    return _cipher(purpose).encrypt(content)


def unseal(purpose: bytes, sealed: bytes) -> bytes:
    """Raises Unreadable."""
    try:
        return _cipher(purpose).decrypt(sealed)
    except InvalidToken as error:
        raise Unreadable from error
