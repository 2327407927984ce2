"""Encryption of columns, with AES-256-GCM and a key for each purpose."""

import os
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# In bytes (NIST SP 800-38D). Random ones suffice for far fewer than 2**32 uses of one key.
NONCE = 12


class Unreadable(Exception):
    """The content was altered or moved, or its key is lost."""


def seal(purpose: bytes, content: bytes, *, bound_to: bytes = b"", key: str = "") -> bytes:
    """Encrypt for a purpose and for what it is `bound_to`. Without a key, use SECRET_KEY."""
    nonce = os.urandom(NONCE)
    return nonce + next(_ciphers(purpose, key)).encrypt(nonce, content, bound_to)


def unseal(purpose: bytes, sealed: bytes, *, bound_to: bytes = b"", key: str = "") -> bytes:
    """Decrypt with the key, SECRET_KEY or one of SECRET_KEY_FALLBACKS. Raise Unreadable."""
    for cipher in _ciphers(purpose, key):
        try:
            return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], bound_to)
        except (InvalidTag, ValueError):  # ValueError if even the nonce is too short
            continue
    raise Unreadable


def _ciphers(purpose: bytes, key: str) -> Iterator[AESGCM]:
    for words in filter(None, (key, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)):
        yield AESGCM(_derive(words.encode(), purpose))


def _derive(key: bytes, purpose: bytes) -> bytes:
    """Return a key for one purpose (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"sotto " + purpose).derive(key)
