"""Signed tokens that identify transfers. Every process can verify them, so transfers need no
registry.
"""

from typing import NamedTuple

from django.core import signing

from messaging.domain.files import File

SALT = "messaging.files"
SECONDS = 120  # until a token expires


class Token(NamedTuple):
    """A transfer: the ids of both people, the key of the message, its file, and the channel of the
    recipient's socket.
    """

    sender_id: int
    recipient_id: int
    message: str
    file: File
    channel: str


def sign(token: Token) -> str:
    return signing.dumps(token, salt=SALT)


def read(signed: str) -> Token | None:
    """Return a valid token, or None."""
    try:
        token = Token(*signing.loads(signed, salt=SALT, max_age=SECONDS))
    except signing.BadSignature:
        return None
    return token._replace(file=File(*token.file))
