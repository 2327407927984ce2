"""Where events wait, for seconds, until every window has shown them."""

from collections.abc import Iterable
from typing import Protocol

from messaging.domain.clearing import Clearing, Progress
from messaging.domain.conversations import Conversation, Person
from messaging.domain.events import Draft
from messaging.domain.mailbox_results import (
    Entry,
    Receipt,
    Resumption,
    Settled,
    Statistics,
    Usage,
)
from messaging.domain.messages import Message
from messaging.domain.rate_limit import RateLimit

MAIL_WAITING = {"type": "mail.waiting"}


def person_group(person_id: int) -> str:
    """Return the channel layer's group of a person's windows."""
    return f"user.{person_id}"


class MailboxBackend(Protocol):
    """The inboxes of all people.

    A person has an inbox while one of their windows is open or awaited. Its entries are numbered
    from 1. A window's cursor, "epoch.number", names the inbox and the last entry that the window
    has shown. An entry is removed once every window has shown it, or after RESUME_SECONDS. If an
    inbox is lost, the next one has another epoch, so that a window learns that it missed something.

    After a change, the backend sends MAIL_WAITING to the `person_group` of each owner. Methods are
    atomic. They raise StateUnavailable if the backend cannot be reached.
    """

    async def attach(
        self, person_id: int, window_id: str, cursor: str, *, again: bool = False
    ) -> Resumption:
        """Add a socket to a window, and return where it goes on.

        `cursor` is what the page holds, "" for a new page. With `again`, the same socket asks once
        more, because the state may have been lost; it is not counted twice.
        """

    async def detach(self, person_id: int, window_id: str) -> None:
        """Remove a socket. The window is still awaited for RESUME_SECONDS."""

    async def submit(
        self,
        message: Message,
        copies: Iterable[Draft],
        limit: RateLimit,
        *,
        is_blocked: bool = False,
    ) -> Receipt:
        """Append a new message's `copies` to the inboxes of all participants, or raise Refused.

        A repeated message gets its first receipt again, and counts neither for the limit nor as an
        entry; an edit is always new. Refused are a known ID with another text, an unsent or cleared
        message, a sender above the limit, a block, a message to people of whom none has a window,
        and a full inbox or share (`mailbox_limits`) of one who has. Copies for people without a
        window are left out. The block is checked after the limit, so that its refusal takes as long
        as any other.
        """

    async def post(self, drafts: Iterable[Draft]) -> None:
        """Append drafts that are no messages, in the same order for all windows.

        Raise Refused, and append none, if one that its owner has not caused exceeds a share.
        """

    async def retract(
        self,
        sender: Person,
        conversation: Conversation,
        message_id: str,
        drafts: Iterable[Draft] = (),
        *,
        has_passed: bool = False,
    ) -> None:
        """Remove a message that waits, refuse it from now on, and append `drafts` that say so.

        The recipients' drafts are left out unless the message `has_passed` or is known here, since
        its ID may be invented. Raise Refused, and change nothing, if a draft has no room.
        """

    async def sever(self, conversation: Conversation) -> list[Message]:
        """Remove all messages that wait for recipients in a conversation.

        Return those that no window has shown; their pages may offer them again.
        """

    async def clear(
        self,
        by: int,
        conversation: Conversation,
        clearing_id: str,
        drafts: Iterable[Draft],
        *,
        is_counted: bool = True,
    ) -> Clearing:
        """Remove the texts of a conversation from all inboxes, and append a draft to each.

        `by` is the id of the person who clears. Return the clearing; unless it `is_counted`, its
        progress is not reported. Raise Refused, and change nothing, if a draft has no room.
        """

    async def uncount(self, person_id: int) -> None:
        """Stop reporting others' clearings in the windows of a person who now appears offline."""

    async def fetch(self, person_id: int, number: int, epoch: str = "") -> tuple[int, list[Entry]]:
        """Return the entries after `number` in order, and the number that they follow.

        That is higher than `number` if entries in between were removed. Return none if `epoch` is
        given and is not the inbox's.
        """

    async def confirm(self, person_id: int, window_id: str, cursor: str) -> Settled:
        """Record that a window has shown everything up to `cursor`.

        Return the messages that no window had shown before, and the clearings that went on.
        """

    async def progress(self, clearing: Clearing) -> Progress:
        """Return how many windows have shown a clearing, and how many have not."""

    async def usage(self, person_id: int) -> Usage:
        """Return what is stored of a person, in numbers."""

    async def sweep(self) -> Settled:
        """Remove what is too old.

        Return the messages that no window has shown in time, and the clearings that have ended.
        """

    def statistics(self) -> Statistics | None:
        """Return what all inboxes of this process hold, None if they are outside of it."""

    def is_idle(self) -> bool:
        """Return whether this process has nothing to sweep."""
