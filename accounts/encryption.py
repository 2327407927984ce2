"""What is stored so that the database alone does not give it away: AES-256-GCM, with a key made for
one purpose.
"""

import os
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# Bytes, as AES-GCM wants them (NIST SP 800-38D); random, and far fewer than 2**32 under one key.
NONCE = 12


class Unreadable(Exception):
    """It was altered, belongs elsewhere, or was sealed with a key that is known no more."""


def seal(purpose: bytes, content: bytes, *, bound_to: bytes = b"", key: str = "") -> bytes:
    """Opens only where the purpose and what it is `bound_to` are the same. The key is the
    operator's for this, if there is one, and else made from SECRET_KEY.
    """
    nonce = os.urandom(NONCE)
    return nonce + next(_ciphers(purpose, key)).encrypt(nonce, content, bound_to)


def unseal(purpose: bytes, sealed: bytes, *, bound_to: bytes = b"", key: str = "") -> bytes:
    """By the key that seals now, or one that did before: SECRET_KEY, and SECRET_KEY_FALLBACKS.
    Raises Unreadable.
    """
    for cipher in _ciphers(purpose, key):
        try:
            return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], bound_to)
        except (InvalidTag, ValueError):  # the latter where there is not even a nonce
            continue
    raise Unreadable


def _ciphers(purpose: bytes, key: str) -> Iterator[AESGCM]:
    for words in filter(None, (key, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)):
        yield AESGCM(_derive(words.encode(), purpose))


def _derive(key: bytes, purpose: bytes) -> bytes:
    """A key for one purpose (RFC 5869), so that nothing sealed for one opens in the place of
    another.
    """
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"sotto " + purpose).derive(key)
