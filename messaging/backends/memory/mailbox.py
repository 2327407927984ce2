"""What waits in memory, for seconds, until a window says that it has shown it. The home for one
process.

Each person who has a window has a box: a run of entries, numbered from 1. A window keeps a cursor
(its box's epoch and the number of the last entry that it has shown) and presents it whenever it
connects. An entry is forgotten once every window has shown it, or when it is RESUME_SECONDS old.
Nothing outlives the process, and a box not even its windows: the next one has another epoch, so
that a window which comes back to it knows that it has missed something.
"""

import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from functools import partial

from messaging.backends.memory.clearings import Clearings
from messaging.backends.memory.inbox import BIRTH, Accepted, Inbox, Window, is_of
from messaging.domain.clearing import Clearing, Progress
from messaging.domain.events import Draft
from messaging.domain.mailbox_limits import OF_A_SENDER, OF_THE_OWNER, refusal
from messaging.domain.mailbox_results import (
    Entry,
    Receipt,
    Resumption,
    Settled,
    Statistics,
    Usage,
)
from messaging.domain.messages import Message, Person, message_key
from messaging.domain.rate_limit import RateLimit


class Mailbox:
    """Everybody's boxes. The methods are coroutines because the other home of the same interface is
    across a wire.

    Whenever something new waits for a person, `notify` is called with their number: the windows
    come and take it.
    """

    def __init__(
        self,
        seconds: float,
        notify: Callable[[int], Awaitable[None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds, self.notify, self.clock = seconds, notify, clock
        self.inboxes: dict[int, Inbox] = {}
        self.clearings = Clearings(self.inboxes)
        # A short text could be guessed from a plain hash; the key never leaves this process.
        self.key = secrets.token_bytes(32)
        self.birth = secrets.token_hex(BIRTH // 2)

    # A window's coming and going

    async def attach(
        self, person_id: int, window_id: str, cursor: str, *, again: bool = False
    ) -> Resumption:
        """A window connects with the cursor that its page holds, "" for a fresh page; or it asks
        `again` on a socket that has not left, since what it had been told may hold no more.
        """
        inbox = self._inbox(person_id)
        number = inbox.number_in(cursor)
        was_forgotten = bool(cursor) and window_id not in inbox.windows
        if window_id not in inbox.windows:
            inbox.make_room()
        # A fresh page is given what no window has shown yet; so is one whose box is gone.
        window = inbox.windows.setdefault(
            window_id, Window(inbox.beginning if number is None else number)
        )
        window.sockets += not again
        # One that lost its connection before its first cursor came has none to present, and yet is
        # known.
        start = window.cursor if number is None else number
        is_new_inbox = bool(cursor) and number is None
        has_gap = start < inbox.forgotten
        is_restart = is_new_inbox and not is_of(self.birth, cursor)
        return Resumption(
            max(start, inbox.forgotten),
            inbox.epoch,
            is_new_inbox,
            has_gap,
            was_forgotten,
            is_restart,
        )

    async def detach(self, person_id: int, window_id: str) -> None:
        """One of a window's sockets is gone; the window itself may come back within
        RESUME_SECONDS.
        """
        inbox = self.inboxes.get(person_id)
        window = inbox.windows.get(window_id) if inbox else None
        if window:
            window.sockets -= 1
            window.away_since = self.clock()

    # What goes in

    async def submit(
        self,
        message: Message,
        copies: Iterable[Draft],
        limit: RateLimit,
        *,
        is_blocked: bool = False,
    ) -> Receipt:
        """Takes a message and puts its copies into the boxes of both, in one step; or Refused, and
        nothing is done.

        The same message again (its page could not know that it had arrived) is answered as before,
        does not count for the pace and is put nowhere; an edit is new each time. Refused is another
        text under the same name that is no edit, what was taken back or cleared, what is too fast,
        what is for somebody with whom there is a block, and what there is no window or no room for:
        in the recipient's box, in the sender's share of it, or in the sender's own box. A block is
        looked at last but these: a refusal takes the same way and time as any other.
        """
        now, digest = self.clock(), self._digest(message)
        accepted = self._inbox(message.sender.id).accepted
        known = accepted.get(message.id)
        if known and known.expires <= now:  # it goes with the next sweep
            known = None
        if known and known.is_withdrawn:
            raise refusal("withdrawn", message)
        if known and message.is_original and known.digest != digest:
            raise refusal("another", message)
        if known and message.is_original and not known.is_expired:
            return Receipt(known.posted_at, is_new=False, is_delivered=known.is_delivered)
        await limit.acquire(message.sender.id, message)
        if is_blocked:
            raise refusal("blocked", message)
        inbox = self._open_inbox(message, now)
        if message.is_original:
            accepted[message.id] = Accepted(
                message.recipient.id, digest, message.posted_at, now + 2 * self.seconds
            )
        await self._put(copies, Inbox.append)
        return Receipt(message.posted_at, is_away=not inbox.has_socket())

    def _open_inbox(self, message: Message, now: float) -> Inbox:
        """The recipient's, if there is somebody to show the message and room for it."""
        sender_id, inbox = message.sender.id, self.inboxes.get(message.recipient.id)
        if inbox is None or all(self._is_lost(window, now) for window in inbox.windows.values()):
            raise refusal("nobody", message)
        if inbox.has_whole_share(sender_id, OF_A_SENDER):
            raise refusal("share", message)
        if inbox.is_full():
            raise refusal("full", message)
        if self._inbox(sender_id).has_whole_share(sender_id, OF_THE_OWNER):
            raise refusal("behind", message)
        return inbox

    def _digest(self, message: Message) -> bytes:
        said = f"{message.recipient.id} {message.text}".encode()
        return hashlib.blake2b(said, key=self.key, digest_size=16).digest()

    async def post(self, drafts: Iterable[Draft]) -> None:
        """Put each draft into its owner's box, all before anything else is put anywhere: one order
        for everybody. Refused where one that its peer has caused does not fit into their share:
        then nothing is done.
        """
        drafts = list(drafts)
        for draft in drafts:
            if draft.is_peers:
                self._admit(draft)
        await self._put(drafts, Inbox.append_note)

    def _admit(self, draft: Draft, takes_place_of: Callable[[Message], bool] | None = None) -> None:
        """Refuse what somebody does without a message, unless it takes the place of one that waits,
        or there is room in their share. It is small: it also fits where the box is full of
        messages.
        """
        inbox = self._inbox(draft.owner)
        if takes_place_of and inbox.holds(takes_place_of):
            return
        if not draft.is_peers and inbox.has_whole_share(draft.owner, OF_THE_OWNER):
            raise refusal("behind")
        if draft.is_peers and inbox.has_whole_share(draft.peer.id, OF_A_SENDER):
            raise refusal("share")
        if draft.is_peers and inbox.is_full(times=2):
            raise refusal("full")

    async def _put(
        self, drafts: Iterable[Draft], put: Callable[[Inbox, Draft, float], None]
    ) -> None:
        expires = self.clock() + self.seconds
        owners = {}
        for draft in drafts:
            inbox = self._inbox(draft.owner)
            put(inbox, draft, expires)
            owners[draft.owner] = True
        for owner in owners:
            await self.notify(owner)

    async def retract(
        self,
        sender: Person,
        recipient_id: int,
        message_id: str,
        drafts: Iterable[Draft] = (),
        *,
        has_passed: bool = False,
    ) -> None:
        """Take a message back: it waits no longer, and none of its pages can offer it again.
        `drafts` tell the windows of both, or Refused, and nothing is done. The recipient's are told
        only of what `has_passed`, or is known here: of an invented message there is nothing to
        tell.
        """
        accepted, key = self._inbox(sender.id).accepted, message_key(sender, message_id)
        known = accepted.get(message_id)
        has_passed = has_passed or bool(known and known.digest)
        drafts = [draft for draft in drafts if has_passed or draft.owner == sender.id]
        for draft in drafts:
            self._admit(draft, lambda message: message.key == key)
        # Also where there is no note: another page of the same person may still wait to offer it.
        expires = self.clock() + 2 * self.seconds
        known = accepted.setdefault(
            message_id, Accepted(recipient_id, b"", datetime.now(UTC), expires)
        )
        known.is_withdrawn, known.expires = True, expires
        for person_id in (sender.id, recipient_id):
            if inbox := self.inboxes.get(person_id):
                inbox.withdraw(lambda message: message.key == key)
        await self._put(drafts, Inbox.append_note)

    async def sever(self, one_id: int, other_id: int) -> list[Message]:
        """Nothing passes between these two any more. What waits for a window of either is taken
        out; returns what no window has shown, and what its page may offer again one day.
        """
        pair: set[int] = {one_id, other_id}
        unshown: list[Message] = []
        self.clearings.drop(pair)  # how far they have come would tell who is there
        for owner in pair & self.inboxes.keys():
            inbox = self.inboxes[owner]
            unshown += [
                message
                for entry in inbox.between(inbox.confirmed, inbox.newest)
                if (message := entry.draft.incoming) and message.sender.id in pair
            ]
            # Copies of what they said themselves remain: they are told what became of it.
            other = one_id + other_id - owner
            inbox.withdraw(partial(_is_said, other, owner))
        for message in unshown:
            self._note_expired(message)
        return unshown

    async def clear(
        self, clearing_id: str, drafts: list[Draft], *, is_counted: bool = True
    ) -> Clearing:
        """Post drafts that empty a conversation, and take its texts out of both boxes; or Refused,
        and nothing is done. Return what to count, unless nothing `is_counted`: then nobody hears
        how far it has come.
        """
        one, other = drafts
        pair = {one.owner, other.owner}
        for draft in drafts:
            self._admit(draft, partial(_is_said, one.owner, other.owner))
        # An earlier clearing of the same conversation has nothing more to tell.
        self.clearings.drop(pair)
        for owner in pair:
            inbox = self._inbox(owner)
            inbox.withdraw(lambda message: {message.sender.id, message.recipient.id} == pair)
            for known in inbox.accepted.values():
                known.is_withdrawn |= known.recipient in pair
        await self._put(
            [draft._replace(clearing=clearing_id) for draft in drafts], Inbox.append_note
        )
        numbers = {owner: self._inbox(owner).newest for owner in pair}
        windows = {owner: frozenset(self._inbox(owner).windows) for owner in pair}
        clearing = Clearing(clearing_id, other.peer, one.peer, numbers, windows)
        if is_counted:
            self.clearings.under_way[clearing_id] = clearing
        return clearing

    async def uncount(self, person_id: int) -> None:
        """Stop telling others how far their clearings have come in the windows of a person, who
        appears offline now.
        """
        self.clearings.uncount(person_id)

    # What comes out

    async def fetch(self, person_id: int, number: int, epoch: str = "") -> tuple[int, list[Entry]]:
        """The entries behind a number, in order, and the number that they follow: it is a higher
        one where what lay between is gone, so that a window which lacks it has a gap. None of
        another box than that of this epoch.
        """
        inbox = self.inboxes.get(person_id)
        if inbox is None or epoch not in {"", inbox.epoch}:
            return number, []
        return (
            (number, inbox.fetch(number))
            if number >= inbox.forgotten
            else (inbox.forgotten, inbox.fetch(inbox.forgotten))
        )

    async def confirm(self, person_id: int, window_id: str, cursor: str) -> Settled:
        """A window has shown everything up to `cursor`. The news are the messages that no window
        had shown before.
        """
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
                self._note_delivered(message)
                news.messages.append(message)
            if entry.number > before and (
                clearing := self.clearings.under_way.get(entry.draft.clearing)
            ):
                clearing.done.add(window_id)
                news.clearings.append(clearing)
        inbox.forget_shown()
        return news

    def _note_delivered(self, message: Message) -> None:
        if known := self._note_of(message):
            known.is_delivered = True

    def _note_expired(self, message: Message) -> None:
        if known := self._note_of(message):
            known.is_expired = True

    def _note_of(self, message: Message) -> Accepted | None:
        """What becomes of an edit says nothing of the message itself."""
        return (
            self._inbox(message.sender.id).accepted.get(message.id) if message.is_original else None
        )

    async def progress(self, clearing: Clearing) -> Progress:
        """In how many of the windows that were there a conversation has been cleared, as far as
        they have said so.
        """
        return self.clearings.progress(clearing)

    async def usage(self, person_id: int) -> Usage:
        """How much there is of a person, for that person's own eyes."""
        inbox = self.inboxes.get(person_id) or Inbox()
        others = [
            entry
            for owner, other in self.inboxes.items()
            if owner != person_id
            for entry in other.entries
        ]
        messages = [entry.draft.message for entry in others if entry.draft.message]
        return Usage(
            entries=len(inbox.entries),
            size=sum(len(_texts(entry).encode()) for entry in inbox.entries),
            age=self.clock() + self.seconds - inbox.entries[0].expires if inbox.entries else 0.0,
            windows=len(inbox.windows),
            accepted=len(inbox.accepted),
            elsewhere=sum(
                message.sender.id == person_id and message.is_original for message in messages
            ),
            clearings=sum(
                person_id in clearing.windows for clearing in self.clearings.under_way.values()
            ),
        )

    async def sweep(self) -> Settled:
        """Forget what is too old. Return as news the messages that no window has shown in time."""
        now = self.clock()
        lost: list[Message] = []
        for person_id, inbox in list(self.inboxes.items()):
            lost += self._age(inbox, now)
            if not (inbox.windows or inbox.entries or inbox.accepted):
                del self.inboxes[person_id]
        for message in lost:
            self._note_expired(message)
        return Settled(lost, self.clearings.settle())

    def _age(self, inbox: Inbox, now: float) -> list[Message]:
        unshown = inbox.forget_expired(now)
        inbox.windows = {
            id: window for id, window in inbox.windows.items() if not self._is_lost(window, now)
        }
        inbox.forget_shown()
        inbox.accepted = {id: known for id, known in inbox.accepted.items() if known.expires > now}
        return unshown

    def statistics(self) -> Statistics:
        inboxes = self.inboxes.values()
        return Statistics(
            entries=sum(len(inbox.entries) for inbox in inboxes),
            size=sum(inbox.size for inbox in inboxes),
            reachable=sum(bool(inbox.windows) for inbox in inboxes),
        )

    def is_idle(self) -> bool:
        """Whether nothing is here that a sweep would have to look at."""
        return not self.inboxes

    def _inbox(self, person_id: int) -> Inbox:
        if person_id not in self.inboxes:
            self.inboxes[person_id] = Inbox(self.birth + secrets.token_urlsafe(6))
        return self.inboxes[person_id]

    def _is_lost(self, window: Window, now: float) -> bool:
        return window.sockets <= 0 and now >= window.away_since + self.seconds


def _is_said(by: int, to: int, message: Message) -> bool:
    return (message.sender.id, message.recipient.id) == (by, to)


def _texts(entry: Entry) -> str:
    words = "".join(entry.draft.event.words.values())
    return words + (entry.draft.message.text if entry.draft.message else "")
