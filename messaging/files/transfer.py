"""Flow control of a transfer: the order, size and number of chunks in transit.

A chunk is a number of four bytes, the most significant first, and up to CHUNK bytes of the file. A
sender's page numbers its chunks. The server replaces each number with a random one, which the
recipient's page repeats to confirm the chunk. So a page can confirm only what it has read from its
socket, and the memory for the rest is bounded even if the pages of both people are hostile.
"""

import hashlib
import secrets
from collections import deque

from django.utils.translation import gettext as _

from messaging.domain.files import File, kind_of
from messaging.files.refusals import Invalid

CHUNK = 65_536  # bytes of the file
HEADER = 4  # bytes before them
FIRST = 16  # bytes that identify the kind of a file


def count_chunks(size: int) -> int:
    """Return the number of chunks of a file of this size in bytes."""
    return -(-size // CHUNK)


def number_of(chunk: bytes) -> int:
    return int.from_bytes(chunk[:HEADER], "big")


class Upload:
    """The state of a sender's page, which may send the chunks below `until`. `have` is the number
    of chunks that the recipient's page has confirmed.
    """

    def __init__(self, file: File) -> None:
        self.file, self.total = file, count_chunks(file.size)
        self.sent = self.have = self.until = 0
        self.hash = hashlib.sha256() if file.digest else None

    @property
    def is_confirmed(self) -> bool:
        return self.have == self.total

    @property
    def has_credit(self) -> bool:
        return self.sent < self.until

    def grant(self, have: int, until: int) -> None:
        """Record what is confirmed, and grant credit. Credit is never revoked."""
        self.have = have
        self.until = max(self.until, min(until, self.total))

    def take(self, chunk: bytes) -> None:
        """Check a chunk, or raise Invalid."""
        is_next = number_of(chunk) == self.sent and len(chunk) == HEADER + self._next_size()
        if not (self.has_credit and is_next):
            raise Invalid(_("This page made a mistake while sending it."))
        if self.hash:
            self.hash.update(memoryview(chunk)[HEADER:])
        if not (self._has_kind(chunk) and self._has_digest()):
            raise Invalid(_("The file has changed since it was offered."))
        self.sent += 1

    def _next_size(self) -> int:
        return min(CHUNK, self.file.size - self.sent * CHUNK)

    def _has_kind(self, chunk: bytes) -> bool:
        """Return whether the first chunk has the kind of file that was offered."""
        is_first = self.sent == 0 and self.file.kind
        return not is_first or kind_of(chunk[HEADER : HEADER + FIRST]) == self.file.kind

    def _has_digest(self) -> bool:
        """Return whether the whole file has the digest that was offered."""
        if self.hash is None or self.sent + 1 < self.total:
            return True
        return self.hash.hexdigest() == self.file.digest


class Download:
    """The chunks that a recipient's page has been sent, and those that it has confirmed."""

    def __init__(self, file: File) -> None:
        self.total = count_chunks(file.size)
        self.passed = 0
        self.unconfirmed: deque[int] = deque()  # the random numbers of chunks
        self.has_started = False

    @property
    def have(self) -> int:
        return self.passed - len(self.unconfirmed)

    @property
    def is_whole(self) -> bool:
        return self.passed == self.total

    def starts(self) -> bool:
        """Begin with the first chunk, unless that is done. Return False as long as the page has not
        confirmed what it got before, because that is still under way too.
        """
        if self.has_started or self.unconfirmed:
            return False
        self.passed = 0
        self.has_started = True
        return True

    def interrupt(self) -> None:
        """Stop until the next start."""
        self.has_started = False

    def take(self, chunk: bytes) -> bytes:
        """Return the chunk with a random number, or nothing if it is not the next one. Another
        process may have lost one.
        """
        if not self.has_started or self.is_whole or number_of(chunk) != self.passed:
            return b""
        self.passed += 1
        self.unconfirmed.append(secrets.randbits(8 * HEADER))
        return self.unconfirmed[-1].to_bytes(HEADER, "big") + memoryview(chunk)[HEADER:]

    def confirm(self, number: int) -> None:
        """Record that the page has the chunk with this random number, and those before it, or raise
        Invalid.
        """
        if number not in self.unconfirmed:
            raise Invalid(_("This page made a mistake while receiving it."))
        while self.unconfirmed.popleft() != number:
            pass
