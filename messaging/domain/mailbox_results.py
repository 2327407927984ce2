"""What a mailbox returns: entries, receipts, and the state of messages and clearings."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from messaging.domain.clearing import Clearing
from messaging.domain.events import Draft
from messaging.domain.messages import Message


def read_cursor(cursor: str) -> tuple[str, int] | None:
    """Return the epoch and number, or None for an invalid cursor or for "", which a new page sends.
    Ignore a second dot and the text after it, which a window may have added.
    """
    epoch, _, rest = cursor.partition(".")
    digits, _, _ = rest.partition(".")
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 16
    return (epoch, int(digits)) if epoch and is_number else None


class Entry(NamedTuple):
    number: int
    draft: Draft
    # The other fields are for the inbox, which counts its entries.
    expires: float = 0.0
    size: int = 0  # of the draft, in bytes
    by: int = 0  # the person in whose share it counts, or 0 if it was emptied


@dataclass(frozen=True, slots=True)
class Resumption:
    """The number after which a window continues, and whether it has missed entries.

    `was_forgotten`: it was away for too long, so it may have missed some. `has_gap`: it has missed
    the first ones. `is_new_inbox`: it has missed all, either because it was away for too long, or
    because the state was lost (`is_restart`).
    """

    number: int
    epoch: str = ""
    is_new_inbox: bool = False
    has_gap: bool = False
    was_forgotten: bool = False
    is_restart: bool = False


class Settled(NamedTuple):
    """Messages that were delivered or have expired, and clearings whose progress has changed."""

    messages: list[Message]
    clearings: list[Clearing]


class Receipt(NamedTuple):
    """The confirmation that a message was accepted, now or when it was first submitted."""

    posted_at: datetime
    is_new: bool = True
    is_delivered: bool = False
    is_away: bool = False  # the recipient's windows are awaited, but none is connected


@dataclass(frozen=True, slots=True)
class Usage:
    """How much is stored about one person, in their own inbox and `elsewhere`, in those of others.

    `size` is in bytes of text. `age` is that of the oldest entry, in seconds.
    """

    entries: int
    size: int
    age: float
    windows: int
    accepted: int
    elsewhere: int
    clearings: int


class Statistics(NamedTuple):
    """Totals of all inboxes: entries, their bytes, and people with an open or awaited window."""

    entries: int
    size: int
    reachable: int
