"""What a mailbox returns: entries, and what became of messages and clearings."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from messaging.domain.clearing import Clearing
from messaging.domain.events import Draft
from messaging.domain.messages import Message


def read_cursor(cursor: str) -> tuple[str, int] | None:
    """Return epoch and number, None for a new page's "" or an invalid cursor. A window may have
    added a second dot and more.
    """
    epoch, _, rest = cursor.partition(".")
    digits, _, _ = rest.partition(".")
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 16
    return (epoch, int(digits)) if epoch and is_number else None


class Entry(NamedTuple):
    number: int
    draft: Draft
    # The rest is for the inbox that counts it.
    expires: float = 0.0
    size: int = 0  # of the draft, in bytes
    by: int = 0  # the person in whose share it is, 0 if it was emptied


@dataclass(frozen=True, slots=True)
class Resumption:
    """The number after which a window goes on, and whether it has missed entries.

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
    """Messages whose fate is known now, and clearings whose progress has changed."""

    messages: list[Message]
    clearings: list[Clearing]


class Receipt(NamedTuple):
    """That a message was accepted now, or when it was first submitted."""

    posted_at: datetime
    is_new: bool = True
    is_delivered: bool = False
    is_away: bool = False  # the recipient's windows are awaited, but none is connected


@dataclass(frozen=True, slots=True)
class Usage:
    """What is stored of one person, in their own inbox and `elsewhere`, in other people's.

    `size` is in bytes of text, `age` in seconds, of the oldest entry.
    """

    entries: int
    size: int
    age: float
    windows: int
    accepted: int
    elsewhere: int
    clearings: int


class Statistics(NamedTuple):
    """What all inboxes hold: entries, their bytes, and people with an open or awaited window."""

    entries: int
    size: int
    reachable: int
