"""The mailbox in the memory of one process. Nothing outlives the process."""

import secrets
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime

from messaging.backends.memory.accepted import Accepted, digest
from messaging.backends.memory.clearings import Clearings
from messaging.backends.memory.inbox import Inbox
from messaging.backends.memory.inboxes import Inboxes
from messaging.domain.clearing import Clearing, Progress
from messaging.domain.conversations import Conversation, Person
from messaging.domain.events import Draft
from messaging.domain.mailbox_limits import OF_THE_OWNER, refusal
from messaging.domain.mailbox_results import (
    Entry,
    Receipt,
    Resumption,
    Settled,
    Statistics,
    Usage,
)
from messaging.domain.messages import Message, message_key
from messaging.domain.rate_limit import RateLimit


class Mailbox:
    """A mailbox in memory. `messaging.domain.mailbox.MailboxBackend` documents the methods.

    `notify` is called with a person's id after something was appended to their inbox.
    """

    def __init__(
        self,
        seconds: float,
        notify: Callable[[int], Awaitable[None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds, self.notify, self.clock = seconds, notify, clock
        self.inboxes = Inboxes()
        self.clearings = Clearings(self.inboxes)
        self.key = secrets.token_bytes(32)

    async def attach(
        self, person_id: int, window_id: str, cursor: str, *, again: bool = False
    ) -> Resumption:
        return self.inboxes[person_id].attach(window_id, cursor, again=again)

    async def detach(self, person_id: int, window_id: str) -> None:
        inbox = self.inboxes.get(person_id)
        if window := inbox.windows.get(window_id) if inbox else None:
            window.sockets -= 1
            window.away_since = self.clock()

    # Appending

    async def submit(
        self,
        message: Message,
        copies: Iterable[Draft],
        limit: RateLimit,
        *,
        is_blocked: bool = False,
    ) -> Receipt:
        now, content, sender_id = self.clock(), digest(message, self.key), message.sender.id
        accepted = self.inboxes[sender_id].accepted
        known = accepted.get(message.id)
        if known and known.expires > now and (receipt := known.answer(message, content)):
            return receipt
        await limit.acquire(sender_id, message)
        if is_blocked:
            raise refusal("blocked", message)
        inboxes = self._open_inboxes(message, now)
        if message.is_original:
            accepted[message.id] = Accepted(
                message.conversation.key, content, message.posted_at, now + 2 * self.seconds
            )
        drafts = [each for each in copies if each.owner == sender_id or each.owner in inboxes]
        await self._append(drafts, Inbox.append)
        is_away = not any(inbox.has_socket() for inbox in inboxes.values())
        return Receipt(message.posted_at, is_away=is_away)

    def _open_inboxes(self, message: Message, now: float) -> dict[int, Inbox]:
        """Return the inboxes of the recipients who have a window, by id, or raise Refused."""
        sender_id, found = message.sender.id, {}
        for id, _ in message.conversation.participants:
            inbox = self.inboxes.get(id)
            if id != sender_id and inbox and inbox.is_reachable(now, self.seconds):
                inbox.admit_message(message)
                found[id] = inbox
        if not found:
            raise refusal("nobody", message)
        if self.inboxes[sender_id].has_whole_share(sender_id, OF_THE_OWNER):
            raise refusal("behind", message)
        return found

    async def post(self, drafts: Iterable[Draft]) -> None:
        drafts = list(drafts)
        for draft in drafts:
            if not draft.is_own:
                self.inboxes[draft.owner].admit(draft)
        await self._append(drafts, Inbox.append_note)

    async def _append(
        self, drafts: Iterable[Draft], append: Callable[[Inbox, Draft, float], None]
    ) -> None:
        """Append all drafts before notifying any window, so that all see the same order."""
        expires = self.clock() + self.seconds
        owners = {}
        for draft in drafts:
            append(self.inboxes[draft.owner], draft, expires)
            owners[draft.owner] = True
        for owner in owners:
            await self.notify(owner)

    # Removing

    async def retract(
        self,
        sender: Person,
        conversation: Conversation,
        message_id: str,
        drafts: Iterable[Draft] = (),
        *,
        has_passed: bool = False,
    ) -> None:
        accepted, key = self.inboxes[sender.id].accepted, message_key(sender, message_id)
        known = accepted.get(message_id)
        has_passed = has_passed or bool(known and known.digest)
        drafts = [draft for draft in drafts if has_passed or draft.owner == sender.id]
        for draft in drafts:
            self.inboxes[draft.owner].admit(draft, lambda message: message.key == key)
        # Do this for an unknown message too, because another page of the sender may still send it.
        expires = self.clock() + 2 * self.seconds
        known = accepted.setdefault(
            message_id, Accepted(conversation.key, b"", datetime.now(UTC), expires)
        )
        known.is_withdrawn, known.expires = True, expires
        for person in conversation.participants:
            if inbox := self.inboxes.get(person.id):
                inbox.withdraw(lambda message: message.key == key)
        await self._append(drafts, Inbox.append_note)

    async def sever(self, conversation: Conversation) -> list[Message]:
        self.clearings.drop(conversation)  # their progress would reveal open windows
        return self.inboxes.sever(conversation)

    async def clear(
        self,
        by: int,
        conversation: Conversation,
        clearing_id: str,
        drafts: Iterable[Draft],
        *,
        is_counted: bool = True,
    ) -> Clearing:
        def is_replaced(message: Message) -> bool:
            return message.sender.id == by and message.conversation.key == conversation.key

        drafts = [draft._replace(clearing=clearing_id) for draft in drafts]
        for draft in drafts:
            self.inboxes[draft.owner].admit(draft, is_replaced)
        self.clearings.drop(conversation)  # earlier clearings are replaced by this one
        for draft in drafts:
            self.inboxes[draft.owner].clear(conversation)
        await self._append(drafts, Inbox.append_note)
        return self.clearings.begin(clearing_id, by, conversation, is_counted=is_counted)

    async def uncount(self, person_id: int) -> None:
        self.clearings.uncount(person_id)

    # Reading

    async def fetch(self, person_id: int, number: int, epoch: str = "") -> tuple[int, list[Entry]]:
        inbox = self.inboxes.get(person_id)
        if inbox is None or epoch not in {"", inbox.epoch}:
            return number, []
        start = max(number, inbox.forgotten)
        return start, inbox.after(start)

    async def confirm(self, person_id: int, window_id: str, cursor: str) -> Settled:
        inbox = self.inboxes.get(person_id)
        number = inbox.number_in(cursor) if inbox else None
        if not inbox or number is None or window_id not in inbox.windows:
            return Settled([], [])
        window, confirmed = inbox.windows[window_id], inbox.confirmed
        before, window.cursor = window.cursor, max(window.cursor, number)
        inbox.confirmed = max(confirmed, number)
        news = Settled([], [])
        for entry in inbox.between(min(before, confirmed), number):
            if entry.number > confirmed and (message := entry.draft.incoming):
                self.inboxes.note_delivered(message)
                news.messages.append(message)
            if entry.number > before and (
                clearing := self.clearings.under_way.get(entry.draft.clearing)
            ):
                clearing.done.add(window_id)
                news.clearings.append(clearing)
        inbox.forget_shown()
        return news

    async def progress(self, clearing: Clearing) -> Progress:
        return self.clearings.progress(clearing)

    async def usage(self, person_id: int) -> Usage:
        expires = self.clock() + self.seconds
        return self.inboxes.usage(person_id, expires, self.clearings.count(person_id))

    async def sweep(self) -> Settled:
        unshown = self.inboxes.forget_old(self.clock(), self.seconds)
        return Settled(unshown, self.clearings.settle())

    def statistics(self) -> Statistics:
        return self.inboxes.statistics()

    def is_idle(self) -> bool:
        return not self.inboxes
