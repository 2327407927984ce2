"""What waits, for seconds, until a window says that it has shown it. The home for several
processes.

The same interface as `messaging.backends.memory.mailbox`, which says what each of its words means.
Every method is one script, which Redis runs as one step: whatever several processes do at once,
there is one order, and nothing is done by halves.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from messaging.backends.redis.client import RedisClient
from messaging.backends.redis.encryption import Encryptor
from messaging.backends.redis.pipeline import Answer, Word
from messaging.domain import mailbox_limits
from messaging.domain.clearing import Clearing, Progress
from messaging.domain.events import Draft
from messaging.domain.mailbox_limits import refusal
from messaging.domain.mailbox_results import (
    Entry,
    Receipt,
    Resumption,
    Settled,
    Usage,
    read_cursor,
)
from messaging.domain.messages import Message, Person, StateUnavailable, message_key
from messaging.domain.rate_limit import RateLimit


class RedisMailbox:
    """Its time is that of Redis, which is one for all processes, unless a test brings a `clock`."""

    def __init__(
        self,
        client: RedisClient,
        encryptor: Encryptor,
        seconds: float,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.client, self.encryptor, self.seconds, self.clock = client, encryptor, seconds, clock
        self.process = client.process
        self.sockets: Counter[tuple[int, str]] = (
            Counter()
        )  # of each person's window, in this process
        self.unsure: set[tuple[int, str]] = (
            set()
        )  # windows of which Redis may believe another number

    # A window's coming and going. Redis is told how many sockets there are now, not that there is
    # one more: what is said twice, or may have been said without an answer, is then no harm.

    async def attach(
        self, person_id: int, window_id: str, cursor: str, *, again: bool = False
    ) -> Resumption:
        epoch, number = _cursor(cursor)
        window = person_id, window_id
        self.sockets[window] += not (again and self.sockets[window])
        try:
            found = await self._run(
                "attach", *window, epoch, number, self.process, _epoch(), self.sockets[window]
            )
        except BaseException:
            self._count_one_less(window)
            raise
        return Resumption(int(found[1]), found[0].decode(), *map(bool, found[2:]))

    async def detach(self, person_id: int, window_id: str) -> None:
        self._count_one_less((person_id, window_id))
        await self._make_sure()

    def _count_one_less(self, window: tuple[int, str]) -> None:
        self.unsure.add(window)
        self.sockets[window] -= 1
        if self.sockets[window] <= 0:
            del self.sockets[window]

    async def _make_sure(self) -> None:
        for window in tuple(self.unsure):
            await self._run("detach", *window, self.process, self.sockets.get(window, 0))
            self.unsure.discard(window)

    async def forget_process(self, process: str) -> None:
        """A process is dead, or this one is leaving: the windows that it held are away."""
        await self._run("forget_process", process, "1" if process == self.process else "")

    # What goes in

    async def submit(
        self,
        message: Message,
        copies: Iterable[Draft],
        limit: RateLimit,
        *,
        is_blocked: bool = False,
    ) -> Receipt:
        sender, recipient = message.sender, message.recipient
        tag, pair = self._tag(sender, message.id), self._pair(sender.id, recipient.id)
        drafts = [word for draft in copies for word in self._words(draft, tag, pair)]
        word, *rest = await self._run(
            "submit",
            sender.id,
            recipient.id,
            tag,
            self.encryptor.name("text", recipient.id, message.text),
            message.posted_at.isoformat(),
            limit.rate.burst,
            1000 / limit.rate.per_second,
            _epoch(),
            int(is_blocked),
            *drafts,
        )
        if word == b"new":
            return Receipt(message.posted_at, is_away=bool(rest[0]))
        if word == b"known":
            return Receipt(
                datetime.fromisoformat(rest[0].decode()), is_new=False, is_delivered=bool(rest[1])
            )
        if word == b"fast":
            raise limit.too_fast(float(rest[0]) / 1000, message)
        if word == b"nobody" and self.client.is_mending():  # who was there is on the way back
            raise StateUnavailable
        raise refusal(word.decode(), message)

    async def post(self, drafts: Iterable[Draft]) -> None:
        words = [word for draft in drafts for word in (_epoch(), *self._words(draft))]
        _refuse(await self._run("post", *words))

    async def retract(
        self,
        sender: Person,
        recipient_id: int,
        message_id: str,
        drafts: Iterable[Draft] = (),
        *,
        has_passed: bool = False,
    ) -> None:
        words = [word for draft in drafts for word in (_epoch(), *self._words(draft))]
        tag = self._tag(sender, message_id)
        _refuse(await self._run("retract", sender.id, recipient_id, tag, int(has_passed), *words))

    async def sever(self, one_id: int, other_id: int) -> list[Message]:
        unshown = await self._run("sever", one_id, other_id, self._pair(one_id, other_id))
        return self._swept(unshown, []).messages

    async def clear(
        self, clearing_id: str, drafts: list[Draft], *, is_counted: bool = True
    ) -> Clearing:
        one, other = drafts
        by, peer = other.peer, one.peer
        words = [
            word
            for draft in drafts
            for word in (_epoch(), *self._words(draft._replace(clearing=clearing_id)))
        ]
        about = self.encryptor.close(by.id, [*by, *peer])
        _refuse(
            await self._run(
                "clear",
                clearing_id,
                self._pair(by.id, peer.id),
                b"%d %s" % (by.id, about),
                *words,
                int(is_counted),
            )
        )
        return Clearing(clearing_id, by, peer, {}, {})

    async def uncount(self, person_id: int) -> None:
        await self._run("uncount", person_id)

    # What comes out

    async def fetch(self, person_id: int, number: int, epoch: str = "") -> tuple[int, list[Entry]]:
        found = await self._run("fetch", person_id, number)
        # The numbers of another box mean nothing here: a window of a box that is lost is told so,
        # and asks again.
        if not found or (epoch and found[0].decode() != epoch):
            return number, []
        start = int(found[1])
        drafts = [self.encryptor.decrypt_draft(person_id, sealed) for sealed in found[2:]]
        return start, [Entry(number, draft) for number, draft in enumerate(drafts, start + 1)]

    async def confirm(self, person_id: int, window_id: str, cursor: str) -> Settled:
        epoch, number = _cursor(cursor)
        if not epoch:
            return Settled([], [])
        messages, clearings = await self._run("confirm", person_id, window_id, epoch, number)
        shown = [self.encryptor.decrypt_draft(person_id, sealed).message for sealed in messages]
        return Settled(
            [message for message in shown if message],
            [self._clearing(id, about) for id, about in zip(*[iter(clearings)] * 2, strict=True)],
        )

    async def progress(self, clearing: Clearing) -> Progress:
        return clearing.final or Progress(*await self._run("progress", clearing.id))

    async def usage(self, person_id: int) -> Usage:
        entries, size, age, windows, accepted, elsewhere, clearings = await self._run(
            "usage", person_id
        )
        return Usage(entries, size, age / 1000, windows, accepted, elsewhere, clearings)

    async def sweep(self) -> Settled:
        await self._make_sure()
        news, is_more = Settled([], []), True
        while is_more:
            lost, settled, is_more = await self._run("sweep")
            found = self._swept(lost, settled)
            news = Settled(news.messages + found.messages, news.clearings + found.clearings)
        return news

    def _swept(self, lost: list[bytes], settled: list[bytes]) -> Settled:
        drafts = [
            self.encryptor.decrypt_draft(int(owner), sealed)
            for owner, sealed in zip(*[iter(lost)] * 2, strict=True)
        ]
        ended = zip(*[iter(settled)] * 3, strict=True)
        return Settled(
            [draft.message for draft in drafts if draft.message],
            [
                self._clearing(id, about, Progress(*map(int, counts.split())))
                for id, about, counts in ended
            ],
        )

    def statistics(self) -> None:
        """Return None: what is in Redis is not this process's to count."""

    def is_idle(self) -> bool:
        """Whatever waits in Redis is swept by any process that has a window."""
        return True

    # How it is said to Redis

    async def _run(self, script: str, *words: Word) -> Answer:
        limits = (mailbox_limits.MAX_ENTRIES, mailbox_limits.MAX_BYTES)
        now = round(1000 * self.clock()) if self.clock else ""
        return await self.client.run(
            script, self.client.prefix, now, round(1000 * self.seconds), *limits, *words
        )

    def _words(self, draft: Draft, tag: str = "", pair: str = "") -> list[Word]:
        if draft.is_peers:
            pair = self._pair(draft.owner, draft.peer.id)
        return [
            draft.owner,
            draft.size,
            _kind(draft),
            tag,
            pair,
            draft.clearing,
            self.encryptor.encrypt_draft(draft),
        ]

    def _tag(self, sender: Person, message_id: str) -> str:
        return self.encryptor.name("message", message_key(sender, message_id))

    def _pair(self, one: int, other: int) -> str:
        return self.encryptor.name("pair", *sorted([one, other]))

    def _clearing(self, id: bytes, about: bytes, final: Progress | None = None) -> Clearing:
        by, _, sealed = about.partition(b" ")
        names = self.encryptor.open(int(by), sealed)
        return Clearing(id.decode(), Person(*names[:2]), Person(*names[2:]), {}, {}, final=final)


def _cursor(cursor: str) -> tuple[str, int]:
    """For the scripts: a fresh page has no epoch, and one that presents nonsense an epoch that no
    box has.
    """
    return read_cursor(cursor) or ("-" if cursor else "", 0)


def _refuse(word: bytes | None) -> None:
    if word:
        raise refusal(word.decode())


def _kind(draft: Draft) -> str:
    """For the scripts, which cannot look into it."""
    if not draft.message:
        return "-"
    if not draft.incoming:
        return "o"
    return "i" if draft.message.is_original else "e"


def _epoch() -> str:
    """For a box that may not be there yet."""
    return secrets.token_urlsafe(6)
