"""How far a page is behind. It confirms what it has shown: that is a flow control which works on
any server.
"""

import asyncio
import secrets
from collections.abc import Callable

# Bytes. What is unconfirmed may lie in a socket's buffers, which nobody else bounds.
# That may be unconfirmed; after that, mail waits in the mailbox, and what may pass unseen does.
CREDIT = 1_000_000
DOUBT = 64_000  # that may be unconfirmed for long
PATIENCE = 10.0  # seconds without a confirmation while there is more than that
LOTS = 256  # receipts that are drawn at a time


class FlowControl:
    """What was sent to one page, and what it has confirmed. `fail` is called with None when that is
    too little for too long.
    """

    __slots__ = ("acknowledged", "fail", "receipt", "total", "under_way", "watch")

    def __init__(self, fail: Callable[[Exception | None], None]) -> None:
        self.fail = fail
        self.total = self.acknowledged = 0
        self.receipt = ""  # of the frame that is being made, if it has a cursor
        self.under_way: dict[
            str, int
        ] = {}  # the receipts of frames that were sent, and the total when they were
        self.watch: asyncio.TimerHandle | None = None

    def has_credit(self) -> bool:
        return not self._is_behind(CREDIT)

    def needs_word(self, size: int) -> bool:
        """Whether a page that is sent so much more is to confirm that it is still there."""
        return self._is_behind(DOUBT // 2 - size)

    def new_receipt(self) -> str:
        """For the frame that is being made."""
        self.receipt = _unguessable()
        return self.receipt

    def sent(self, size: int) -> None:
        self.total += size
        if self.receipt:
            self.under_way[self.receipt], self.receipt = self.total, ""
        if self.watch is None and self._is_behind(DOUBT):
            self._doubt()

    def confirmed(self, receipt: str) -> bool:
        """Whether the page has shown the frame with this receipt, and what it was sent before. A
        receipt cannot be guessed: whoever has not read a frame cannot say so, and have ever more
        written that nobody takes.
        """
        if receipt not in self.under_way:
            return False
        for earlier in tuple(self.under_way):
            self.acknowledged = self.under_way.pop(earlier)
            if earlier == receipt:
                break
        return True

    def stop(self) -> None:
        """Nobody is told any more."""
        self.fail = tells_nobody
        if self.watch:
            self.watch.cancel()

    def _is_behind(self, size: int) -> bool:
        return self.total - self.acknowledged > size

    def _doubt(self) -> None:
        self.watch = asyncio.get_running_loop().call_later(
            PATIENCE, self._look_again, self.acknowledged
        )

    def _look_again(self, acknowledged: int) -> None:
        self.watch = None
        if self._is_behind(DOUBT):
            if self.acknowledged == acknowledged:
                return self.fail(None)
            self._doubt()


def tells_nobody(_: Exception | None) -> None:
    """What went wrong behind the end."""


_lots: list[str] = []


def _unguessable() -> str:
    """Of which each is used once. The system is asked for many at a time: to ask takes as long as
    to fill a pattern.
    """
    if not _lots:
        drawn = secrets.token_hex(4 * LOTS)
        _lots.extend(drawn[place : place + 8] for place in range(0, len(drawn), 8))
    return _lots.pop()
