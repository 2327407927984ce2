"""The mailbox interface. Events wait in a mailbox until every window has shown them."""

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
    """Return the channel layer group of a person's windows."""
    return f"user.{person_id}"


class MailboxBackend(Protocol):
    """The inboxes of all people.

    A person has an inbox while one of their windows is open or awaited. Its entries are numbered
    from 1. A window's cursor, "epoch.number", names the inbox and the last entry that the window
    has shown. An entry is removed once every window has shown it, or after RESUME_SECONDS. If an
    inbox is lost, the next one has another epoch, which tells a window that it missed entries.

    After a change, the backend sends MAIL_WAITING to the `person_group` of each owner. Methods are
    atomic. They raise StateUnavailable if the backend cannot be reached.
    """

    async def attach(
        self, person_id: int, window_id: str, cursor: str, *, again: bool = False
    ) -> Resumption:
        """Add a socket to a window, and return where the window continues.

        `cursor` is the page's cursor, or "" for a new page. With `again`, the same socket attaches
        once more, because the state may have been lost. It is not counted twice.
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

        A retry gets the first receipt again, and counts neither towards the limit nor as an entry.
        An edit is always new. The message is refused if its ID is known with another text, if it
        was unsent or cleared, if the sender is above the limit, if there is a block, if no
        recipient has a window, or if a recipient with a window has a full inbox or share
        (`mailbox_limits`). Copies for people without a window are left out. The block is checked
        after the limit, so that its refusal takes as long as any other.
        """

    async def post(self, drafts: Iterable[Draft]) -> None:
        """Append drafts that are not messages, in the same order for all windows.

        If a draft that its owner did not cause exceeds a share, raise Refused and append none.
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
        """Remove a waiting message, refuse it from now on, and append `drafts` that announce this.

        The recipients' drafts are left out unless the message was accepted (`has_passed`) or is
        known here, because its ID may be invented. If there is no room for a draft, raise Refused
        and change nothing.
        """

    async def sever(self, conversation: Conversation) -> list[Message]:
        """Remove all messages of a conversation that wait for recipients.

        Return those that no window has shown. The senders' pages may send them again.
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

        `by` is the id of the person who clears. Return the clearing. Its progress is reported only
        if it `is_counted`. If there is no room for a draft, raise Refused and change nothing.
        """

    async def uncount(self, person_id: int) -> None:
        """Stop reporting others' clearings that include a person who now appears offline."""

    async def fetch(self, person_id: int, number: int, epoch: str = "") -> tuple[int, list[Entry]]:
        """Return the entries after `number` in order, preceded by the number that they follow.

        That number is higher than `number` if entries in between were removed. If `epoch` is given
        and is not that of the inbox, return no entries.
        """

    async def confirm(self, person_id: int, window_id: str, cursor: str) -> Settled:
        """Record that a window has shown everything up to `cursor`.

        Return the messages that no window had shown before, and the clearings that progressed.
        """

    async def progress(self, clearing: Clearing) -> Progress:
        """Return how many windows have shown a clearing, and how many have not."""

    async def usage(self, person_id: int) -> Usage:
        """Return how much is stored about a person."""

    async def sweep(self) -> Settled:
        """Remove what has expired.

        Return the messages that no window has shown in time, and the clearings that have ended.
        """

    def statistics(self) -> Statistics | None:
        """Return totals of all inboxes, or None if they are not in this process."""

    def is_idle(self) -> bool:
        """Return whether this process has nothing to sweep."""
