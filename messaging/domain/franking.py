"""Message franking: what a recipient is given carries a keyed signature of ours, by which it is
known again later.

Nothing is kept for that: every process makes the same key from SECRET_KEY. Signed are who said it
to whom, which message it is, when (in seconds, as the page has it) and the text; names are not,
since people may change them.

The pages of both are also given a shorter token, without the text: it proves that the message has
passed between these two lately. Whoever edits a message or reacts to it shows this token first.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from hmac import compare_digest

from django.conf import settings

from messaging.domain.messages import Message

SIZE = 16  # bytes: nobody guesses one of 2**128
PROOF_SIZE = (
    8  # bytes: it is tried over a socket alone, and no faster than `rate_limits.FRAMES` allows
)
DAYS = (
    0,
    -1,
    1,
)  # from today on, in UTC, on which the message may have been posted: clocks may be set back
LONG = range(1, -60, -1)  # for what tells nothing of the other one: as long as any page stays open


def seal(message: Message) -> str:
    """The signature, as letters that an attribute holds."""
    return _sign(message, settings.SECRET_KEY)


def holds(seal: str, message: Message) -> bool:
    """Whether this server has said that this was said. Keys that were in use before hold too."""
    offered = seal.encode()
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(compare_digest(offered, _sign(message, key).encode()) for key in keys)


def _sign(message: Message, secret: str) -> str:
    """BLAKE2b with a key (RFC 7693). Of the parts only the last may hold a line break, so no two
    messages are one.
    """
    id, sender, recipient, text, posted_at = message[:5]  # an edit is signed as what it says now
    signed = f"{sender.id}\n{recipient.id}\n{id}\n{int(posted_at.timestamp())}\n{text}"
    digest = blake2b(signed.encode(), digest_size=SIZE, key=_key(secret)).digest()
    return urlsafe_b64encode(digest)[:-2].decode()  # without its padding


def proof(message: Message) -> str:
    """Return the token for the pages of both. It holds for a day or two, or one that somebody has
    kept would tell for ever whether the other one has a window.
    """
    day = message.posted_at.toordinal()
    return _prove(message.sender.id, message.recipient.id, message.id, day, settings.SECRET_KEY)


def proves(
    proof: str, sender_id: int, recipient_id: int, message_id: str, within: Iterable[int] = DAYS
) -> bool:
    """Return whether this token was given out for this message of these two, `within` these
    days.
    """
    if not proof:
        return False
    offered, today = proof.encode(), datetime.now(UTC).toordinal()
    return any(
        compare_digest(
            offered, _prove(sender_id, recipient_id, message_id, today + days, key).encode()
        )
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        for days in within
    )


def _prove(sender_id: int, recipient_id: int, message_id: str, day: int, secret: str) -> str:
    signed = f"{sender_id}\n{recipient_id}\n{message_id}\n{day}"
    digest = blake2b(
        signed.encode(), digest_size=PROOF_SIZE, key=_key(secret), person=b"sotto proof"
    ).digest()
    return urlsafe_b64encode(digest)[:-1].decode()  # without its padding


@cache
def _key(secret: str) -> bytes:
    return blake2b(secret.encode(), digest_size=32, person=b"sotto franking").digest()
