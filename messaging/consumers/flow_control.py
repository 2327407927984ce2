"""Flow control based on confirmations from the page, which works on any ASGI server."""

import asyncio
import secrets
from collections.abc import Callable

from messaging.domain.sizes import AROUND_OUT, MAX_ENTRY, MAX_FRAME_OUT

# Bytes in a frame
FRAME = MAX_FRAME_OUT - AROUND_OUT  # for fragments and entries; the rest is for the cursor
FRAME_FULL = FRAME - MAX_ENTRY  # above this, the largest entry might no longer fit

# Limits of unconfirmed bytes. The buffers of a socket are not limited otherwise.
CREDIT = 1_000_000  # above this, entries wait in the mailbox, and other HTML is dropped
UNCONFIRMED_LIMIT = 64_000  # above this, the page must confirm something in CONFIRMATION_TIMEOUT
CONFIRMATION_TIMEOUT = 10.0  # seconds
BATCH_SIZE = 256  # number of receipts generated at a time


Fail = Callable[[Exception | None], None]  # called with None if a page confirms too little


class FlowControl:
    """Count the bytes sent to one page and those it has confirmed. Call `fail` with None if it
    confirms too little for too long.
    """

    __slots__ = ("acknowledged", "fail", "receipt", "total", "under_way", "watch")

    def __init__(self, fail: Fail) -> None:
        self.fail = fail
        self.total = self.acknowledged = 0
        self.receipt = ""  # of the next frame, if it has a cursor
        self.under_way: dict[str, int] = {}  # the total after each sent frame, by its receipt
        self.watch: asyncio.TimerHandle | None = None

    def has_credit(self) -> bool:
        return not self._is_behind(CREDIT)

    def needs_confirmation(self, size: int) -> bool:
        """Return whether a frame of this size should ask for a confirmation."""
        return self._is_behind(UNCONFIRMED_LIMIT // 2 - size)

    def new_receipt(self) -> str:
        """Return a new receipt for the next frame."""
        self.receipt = _unguessable()
        return self.receipt

    def sent(self, size: int) -> None:
        self.total += size
        if self.receipt:
            self.under_way[self.receipt], self.receipt = self.total, ""
        if self.watch is None and self._is_behind(UNCONFIRMED_LIMIT):
            self._start_timer()

    def confirmed(self, receipt: str) -> bool:
        """Count this frame and all before it as confirmed. Return False for an unknown receipt.

        Receipts are unguessable, so a client that reads nothing cannot obtain more data.
        """
        if receipt not in self.under_way:
            return False
        for earlier in tuple(self.under_way):
            self.acknowledged = self.under_way.pop(earlier)
            if earlier == receipt:
                break
        return True

    def stop(self) -> None:
        """Stop the timer, and never call `fail` again."""
        # Break a reference cycle. Otherwise, only the garbage collector could free the window.
        self.fail = ignore
        if self.watch:
            self.watch.cancel()

    def _is_behind(self, size: int) -> bool:
        return self.total - self.acknowledged > size

    def _start_timer(self) -> None:
        self.watch = asyncio.get_running_loop().call_later(
            CONFIRMATION_TIMEOUT, self._check_progress, self.acknowledged
        )

    def _check_progress(self, acknowledged: int) -> None:
        self.watch = None
        if self._is_behind(UNCONFIRMED_LIMIT):
            if self.acknowledged == acknowledged:
                return self.fail(None)
            self._start_timer()


def byte_size(html: str) -> int:
    return len(html) if html.isascii() else len(html.encode())


def ignore(_: Exception | None) -> None:
    """Ignore a failure after the socket was closed."""


_tokens: list[str] = []


def _unguessable() -> str:
    """Return a one-time token. Tokens are generated in batches, because a call of `secrets` takes
    as long as rendering a message.
    """
    if not _tokens:
        drawn = secrets.token_hex(4 * BATCH_SIZE)
        _tokens.extend(drawn[place : place + 8] for place in range(0, len(drawn), 8))
    return _tokens.pop()
