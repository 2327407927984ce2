"""What a mailbox returns: entries, and what became of messages and clearings."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from messaging.domain.clearing import Clearing
from messaging.domain.events import Draft
from messaging.domain.messages import Message


def read_cursor(cursor: str) -> tuple[str, int] | None:
    """Epoch and number; None for a fresh page's "", and for what no box has ever given out. What a
    window has added for itself is left to it.
    """
    epoch, _, rest = cursor.partition(".")
    digits, _, _ = rest.partition(".")
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 16
    return (epoch, int(digits)) if epoch and is_number else None


class Entry(NamedTuple):
    number: int
    draft: Draft
    # The rest is for the box that counts it.
    expires: float = 0.0
    size: int = 0  # of the draft, in bytes
    by: int = 0  # in whose share; what is emptied is in nobody's


@dataclass(frozen=True, slots=True)
class Resumption:
    """Where a window that has connected goes on, and whether what it has missed is gone: all of it,
    or some.

    One that was forgotten was away for too long to be waited for, whether it has missed something
    or not. A new box is either one that was forgotten in the same way, or the memory that held the
    one before is gone (`is_restart`).
    """

    number: int
    epoch: str = ""
    is_new_inbox: bool = False
    has_gap: bool = False
    was_forgotten: bool = False
    is_restart: bool = False


class Settled(NamedTuple):
    """What a confirmation or the passing of time has settled: messages, and clearings whose
    progress has changed.
    """

    messages: list[Message]
    clearings: list[Clearing]


class Receipt(NamedTuple):
    """What became of a message that was submitted: it is new, or this is what became of it when it
    was.
    """

    posted_at: datetime
    is_new: bool = True
    is_delivered: bool = False
    # Its recipient has no window at this moment, but had one so lately that it may come back.
    is_away: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """What is here of one person, in numbers: in their own box, and of what they wrote in the boxes
    of others.

    `size` is in bytes of text, `age` in seconds, of the entry that has waited longest.
    """

    entries: int
    size: int
    age: float
    windows: int
    accepted: int
    elsewhere: int
    clearings: int


class Statistics(NamedTuple):
    """What all inboxes hold: entries, their texts in bytes, and people with a window that is open
    or awaited.
    """

    entries: int
    size: int
    reachable: int
