"""Message franking: what a recipient is given carries a keyed signature of ours, by which it is known again later.

Nothing is kept for that: every process makes the same key from SECRET_KEY. Signed are who said it to whom, which
message it is, when (in seconds, as the page has it) and the text; names are not, since people may change them.
"""

from base64 import urlsafe_b64encode
from functools import cache
from hashlib import blake2b
from hmac import compare_digest

from django.conf import settings

from messaging.conversations import Message

SIZE = 16  # bytes: nobody guesses one of 2**128


def seal(message: Message) -> str:
    """The signature, as letters that an attribute holds."""
    return _sign(message, settings.SECRET_KEY)


def holds(seal: str, message: Message) -> bool:
    """Whether this server has said that this was said. Keys that were in use before hold too."""
    offered = seal.encode()
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(compare_digest(offered, _sign(message, key).encode()) for key in keys)


def _sign(message: Message, secret: str) -> str:
    """BLAKE2b with a key (RFC 7693). Of the parts only the last may hold a line break, so no two messages are one."""
    id, sender, recipient, text, posted_at = message[:5]  # an edit is signed as what it says now
    signed = f"{sender.id}\n{recipient.id}\n{id}\n{int(posted_at.timestamp())}\n{text}"
    digest = blake2b(signed.encode(), digest_size=SIZE, key=_key(secret)).digest()
    return urlsafe_b64encode(digest)[:-2].decode()  # without its padding


@cache
def _key(secret: str) -> bytes:
    return blake2b(secret.encode(), digest_size=32, person=b"sotto franking").digest()
