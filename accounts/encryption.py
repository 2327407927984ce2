"""Encrypt database columns with AES-256-GCM and a separate key for each purpose."""

import os
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# In bytes. Random nonces are safe for up to 2**32 uses of a key (NIST SP 800-38D), far more than
# we need.
NONCE_BYTES = 12


class Unreadable(Exception):
    """The content was altered or moved to another row, or its key is lost."""


def encrypt(purpose: bytes, content: bytes, *, bound_to: bytes = b"", key: str = "") -> bytes:
    """Encrypt the content. It can only be decrypted with the same purpose and `bound_to`. Without a
    key, use SECRET_KEY.
    """
    nonce = os.urandom(NONCE_BYTES)
    return nonce + next(_ciphers(purpose, key)).encrypt(nonce, content, bound_to)


def decrypt(purpose: bytes, encrypted: bytes, *, bound_to: bytes = b"", key: str = "") -> bytes:
    """Decrypt with the key, SECRET_KEY or SECRET_KEY_FALLBACKS. Raise Unreadable if none fits."""
    for cipher in _ciphers(purpose, key):
        try:
            return cipher.decrypt(encrypted[:NONCE_BYTES], encrypted[NONCE_BYTES:], bound_to)
        except (InvalidTag, ValueError):  # ValueError if even the nonce is too short
            continue
    raise Unreadable


def _ciphers(purpose: bytes, key: str) -> Iterator[AESGCM]:
    for words in filter(None, (key, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)):
        yield AESGCM(_derive(words.encode(), purpose))


def _derive(key: bytes, purpose: bytes) -> bytes:
    """Derive a key for one purpose (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"sotto " + purpose).derive(key)
