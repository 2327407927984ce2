"""Accepted messages and their state, in case their pages send them again."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from messaging.domain.mailbox_limits import refusal
from messaging.domain.mailbox_results import Receipt
from messaging.domain.messages import Message


def digest(message: Message, key: bytes) -> bytes:
    # Keyed, because a short text could be guessed from an unkeyed hash.
    content = f"{message.conversation.key} {message.text}"
    if message.file:
        content = f"{content}\n{message.file}"
    return hashlib.blake2b(content.encode(), key=key, digest_size=16).digest()


@dataclass(slots=True)
class Accepted:
    conversation: str  # its key
    digest: bytes
    posted_at: datetime
    expires: float
    is_delivered: bool = False
    is_expired: bool = False  # no window has shown it in time; its page may send it again
    is_withdrawn: bool = False  # unsent or cleared; it may not be sent again

    def answer(self, message: Message, digest: bytes) -> Receipt | None:
        """Return the first receipt if `message` is a retry, None if it is new, or raise Refused."""
        if self.is_withdrawn:
            raise refusal("withdrawn", message)
        if not message.is_original:
            return None
        if self.digest != digest:
            raise refusal("another", message)
        if self.is_expired:
            return None
        return Receipt(self.posted_at, is_new=False, is_delivered=self.is_delivered)
