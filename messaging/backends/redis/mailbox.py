"""The mailbox in Redis, for several processes. Each method runs one script, which is atomic."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from messaging.backends.redis.client import RedisClient
from messaging.backends.redis.encryption import Encryptor
from messaging.backends.redis.pipeline import Answer, Word
from messaging.backends.redis.script_codec import ScriptCodec, cursor_words, ids, new_epoch
from messaging.domain import mailbox_limits
from messaging.domain.clearing import Clearing, Progress
from messaging.domain.conversations import Conversation, Person
from messaging.domain.events import Draft
from messaging.domain.mailbox_limits import refusal
from messaging.domain.mailbox_results import Entry, Receipt, Resumption, Settled, Usage
from messaging.domain.messages import Message, StateUnavailable
from messaging.domain.rate_limit import RateLimit


class RedisMailbox:
    """A mailbox in Redis. `messaging.domain.mailbox.MailboxBackend` documents the methods. The
    scripts notify the windows. They use the time of Redis, unless a test passes a `clock`.
    """

    def __init__(
        self,
        client: RedisClient,
        encryptor: Encryptor,
        seconds: float,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.client, self.encryptor, self.seconds, self.clock = client, encryptor, seconds, clock
        self.process, self.codec = client.process, ScriptCodec(encryptor)
        # The number of sockets of each person's windows in this process. Redis gets the number
        # instead of each change, because a command may be sent twice or get no answer.
        self.sockets: Counter[tuple[int, str]] = Counter()
        self.unsure: set[tuple[int, str]] = set()  # windows whose number Redis may not know

    async def attach(
        self, person_id: int, window_id: str, cursor: str, *, again: bool = False
    ) -> Resumption:
        window = person_id, window_id
        self.sockets[window] += not (again and self.sockets[window])
        words = (*window, *cursor_words(cursor), self.process, new_epoch(), self.sockets[window])
        try:
            found = await self._run("attach", *words)
        except BaseException:
            self._remove_socket(window)
            raise
        return Resumption(int(found[1]), found[0].decode(), *map(bool, found[2:]))

    async def detach(self, person_id: int, window_id: str) -> None:
        self._remove_socket((person_id, window_id))
        await self._report_sockets()

    def _remove_socket(self, window: tuple[int, str]) -> None:
        self.unsure.add(window)
        self.sockets[window] -= 1
        if self.sockets[window] <= 0:
            del self.sockets[window]

    async def _report_sockets(self) -> None:
        for window in tuple(self.unsure):
            await self._run("detach", *window, self.process, self.sockets.get(window, 0))
            self.unsure.discard(window)

    async def forget_process(self, process: str) -> None:
        """Mark the windows of a dead process as away, or those of this one, which shuts down."""
        await self._run("forget_process", process, "1" if process == self.process else "")

    # Appending and removing

    async def submit(
        self,
        message: Message,
        copies: Iterable[Draft],
        limit: RateLimit,
        *,
        is_blocked: bool = False,
    ) -> Receipt:
        tag = self.codec.tag(message.sender, message.id)
        outcome, *rest = await self._run(
            "submit",
            message.sender.id,
            tag,
            self.codec.name(message.conversation),
            self.codec.digest(message),
            message.posted_at.isoformat(),
            limit.rate.burst,
            1000 / limit.rate.per_second,
            int(message.is_original),
            int(is_blocked),
            *self.codec.drafts(copies, tag),
        )
        if outcome == b"new":
            return Receipt(message.posted_at, is_away=bool(rest[0]))
        if outcome == b"known":
            posted_at = datetime.fromisoformat(rest[0].decode())
            return Receipt(posted_at, is_new=False, is_delivered=bool(rest[1]))
        if outcome == b"fast":
            raise limit.too_fast(float(rest[0]) / 1000, message)
        if outcome == b"nobody" and self.client.is_recovering():  # the windows are coming back
            raise StateUnavailable
        raise refusal(outcome.decode(), message)

    async def post(self, drafts: Iterable[Draft]) -> None:
        await self._run_or_refuse("post", *self.codec.drafts(drafts))

    async def retract(
        self,
        sender: Person,
        conversation: Conversation,
        message_id: str,
        drafts: Iterable[Draft] = (),
        *,
        has_passed: bool = False,
    ) -> None:
        words = sender.id, ids(conversation), self.codec.tag(sender, message_id), int(has_passed)
        await self._run_or_refuse("retract", *words, *self.codec.drafts(drafts))

    async def sever(self, conversation: Conversation) -> list[Message]:
        words = ids(conversation), self.codec.name(conversation)
        return self.codec.messages(await self._run("sever", *words))

    async def clear(
        self,
        by: int,
        conversation: Conversation,
        clearing_id: str,
        drafts: Iterable[Draft],
        *,
        is_counted: bool = True,
    ) -> Clearing:
        await self._run_or_refuse(
            "clear",
            clearing_id,
            self.codec.name(conversation),
            self.codec.about(by, conversation),
            int(is_counted),
            *self.codec.drafts(draft._replace(clearing=clearing_id) for draft in drafts),
        )
        return Clearing(clearing_id, by, conversation, {}, {})

    async def uncount(self, person_id: int) -> None:
        await self._run("uncount", person_id)

    # Reading

    async def fetch(self, person_id: int, number: int, epoch: str = "") -> tuple[int, list[Entry]]:
        found = await self._run("fetch", person_id, number)
        if not found or (epoch and found[0].decode() != epoch):
            return number, []
        start, drafts = int(found[1]), self.codec.entries(person_id, found[2:])
        return start, [Entry(number, draft) for number, draft in enumerate(drafts, start + 1)]

    async def confirm(self, person_id: int, window_id: str, cursor: str) -> Settled:
        epoch, number = cursor_words(cursor)
        if not epoch:
            return Settled([], [])
        encrypted, clearings = await self._run("confirm", person_id, window_id, epoch, number)
        drafts = self.codec.entries(person_id, encrypted)
        return Settled(
            [draft.message for draft in drafts if draft.message],
            [self.codec.clearing(*each) for each in zip(*[iter(clearings)] * 2, strict=True)],
        )

    async def progress(self, clearing: Clearing) -> Progress:
        return clearing.final or Progress(*await self._run("progress", clearing.id))

    async def usage(self, person_id: int) -> Usage:
        entries, size, age, *counts = await self._run("usage", person_id)
        return Usage(entries, size, age / 1000, *counts)

    async def sweep(self) -> Settled:
        await self._report_sockets()
        settled, is_more = Settled([], []), True
        while is_more:
            unshown, ended, is_more = await self._run("sweep")
            found = self.codec.settled(unshown, ended)
            settled = Settled(
                settled.messages + found.messages, settled.clearings + found.clearings
            )
        return settled

    def statistics(self) -> None:
        """Return None, because Redis is not part of this process."""

    def is_idle(self) -> bool:
        """Return True, because any process with a window sweeps what waits in Redis."""
        return True

    async def _run(self, script: str, *words: Word) -> Answer:
        limits = (mailbox_limits.MAX_ENTRIES, mailbox_limits.MAX_BYTES)
        now = round(1000 * self.clock()) if self.clock else ""
        return await self.client.run(
            script, self.client.prefix, now, round(1000 * self.seconds), *limits, *words
        )

    async def _run_or_refuse(self, script: str, *words: Word) -> None:
        if reason := await self._run(script, *words):
            raise refusal(reason.decode())
