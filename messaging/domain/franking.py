"""Message franking: each delivered message carries a signature, so that a report can be verified.

Nothing is stored, because every process derives the same key from SECRET_KEY. The signature covers
the conversation, the ids of the sender and of the message, the time in seconds, the text, and what
the message says about its file. It does not cover names of people, because they may change.

The pages of all participants also get the proof, a shorter token that does not cover the text. It
proves that the message was recently sent in this conversation, and whether it has a file. Edits,
reactions and answers to files require it.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from hmac import compare_digest

from django.conf import settings

from messaging.domain.conversations import Conversation
from messaging.domain.messages import Message

SIGNATURE_BYTES = 16
PROOF_BYTES = 8  # enough, because `rate_limits.FRAMES` limits guesses over a socket
OF_FILE = "file."  # begins the proof of a message with a file
# Days relative to today (UTC) on which the message may have been posted. Clocks may be set back.
RECENT_DAYS = (0, -1, 1)
# For actions that reveal nothing about the peer, the days for which a page may stay open.
LAST_60_DAYS = range(1, -60, -1)


def sign(message: Message) -> str:
    """Return the signature, encoded for an HTML attribute."""
    return _signature(message, settings.SECRET_KEY)


def is_valid(signature: str, message: Message) -> bool:
    """Return whether a signature is valid with the current key or a former one."""
    offered = signature.encode()
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(compare_digest(offered, _signature(message, key).encode()) for key in keys)


def _signature(message: Message, secret: str) -> str:
    """Return a keyed BLAKE2b hash (RFC 7693)."""
    id, sender, conversation, text, posted_at = message[:5]  # an edit is signed with its new text
    # Only the last part may contain line breaks, so two messages never yield the same text.
    signed = f"{conversation.key}\n{sender.id}\n{id}\n{int(posted_at.timestamp())}\n{text}"
    person = b""
    if file := message.file:  # `person` keeps a text from yielding the same hash
        signed, person = f"{file.size}\n{file.kind}\n{file.digest}\n{signed}", b"sotto file"
    digest = blake2b(
        signed.encode(), digest_size=SIGNATURE_BYTES, key=_key(secret), person=person
    ).digest()
    return urlsafe_b64encode(digest)[:-2].decode()  # without its padding


def proof(message: Message) -> str:
    """Return the token for the pages of all participants. It expires after a day or two. Otherwise,
    a person who kept it could always find out whether the peer has a window open.
    """
    id, sender, conversation, _, posted_at = message[:5]
    prefix = OF_FILE if message.file else ""
    shown = _shown(conversation, sender.id, id)
    return prefix + _prove(f"{shown}\n{posted_at.toordinal()}", settings.SECRET_KEY, prefix)


def is_of_file(proof: str) -> bool:
    """Return whether this is the proof of a message with a file, if it is valid."""
    return proof.startswith(OF_FILE)


def proves(
    proof: str,
    conversation: Conversation,
    sender_id: int,
    message_id: str,
    within: Iterable[int] = RECENT_DAYS,
) -> bool:
    """Return whether this is the proof of a message posted on one of the days in `within`."""
    if not proof:
        return False
    prefix = OF_FILE if is_of_file(proof) else ""
    offered, today = proof.removeprefix(prefix).encode(), datetime.now(UTC).toordinal()
    shown = _shown(conversation, sender_id, message_id)
    return any(
        compare_digest(offered, _prove(f"{shown}\n{today + days}", key, prefix).encode())
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        for days in within
    )


def _shown(conversation: Conversation, sender_id: int, message_id: str) -> str:
    return f"{conversation.key}\n{sender_id}\n{message_id}"


def _prove(signed: str, secret: str, prefix: str) -> str:
    person = b"sotto file proof" if prefix else b"sotto proof"
    digest = blake2b(
        signed.encode(), digest_size=PROOF_BYTES, key=_key(secret), person=person
    ).digest()
    return urlsafe_b64encode(digest)[:-1].decode()  # without its padding


@cache
def _key(secret: str) -> bytes:
    return blake2b(secret.encode(), digest_size=32, person=b"sotto franking").digest()
