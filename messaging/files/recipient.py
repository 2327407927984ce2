"""The side on which a page receives a file."""

import time
from contextlib import suppress

from django.conf import settings

from messaging import rate_limits
from messaging.consumers import close_codes
from messaging.delivery import groups
from messaging.delivery.background import run_in_background
from messaging.domain import franking
from messaging.domain.conversations import Conversation, Person
from messaging.domain.messages import StateUnavailable, read_key
from messaging.files import tokens
from messaging.files.frames import Have, Receive, Stop, parse, unreadable
from messaging.files.refusals import Busy, Closed
from messaging.files.registry import registry
from messaging.files.side import Side, Socket
from messaging.files.transfer import Download

ASK_SECONDS = 5.0  # before the sender's windows are asked again
NEVER = float("-inf")


class Recipient(Side):
    """A side that asks the sender's windows for the file until one of them opens a socket.

    A new sender starts from the beginning.
    """

    LIMIT = 3

    def __init__(self, socket: Socket, wanted: Receive) -> None:
        super().__init__(socket, wanted.conversation_id, wanted.message)
        self.file, self.download = wanted.file, Download(wanted.file)
        self.alone_since, self.asked_at = time.monotonic(), NEVER

    @property
    def transfer(self) -> str:
        return self.socket.channel

    @classmethod
    async def admit(cls, socket: Socket, wanted: Receive) -> "Recipient":
        """Return the recipient's side, or raise Closed if the person must not receive this file."""
        sender_id, message_id = read_key(wanted.message)
        conversation = Conversation.of(Person(socket.person_id, ""), Person(sender_id, ""))
        if await rate_limits.transfers.retry_after(socket.person_id):  # it also limits guesses
            raise Busy
        is_ours = sender_id == wanted.conversation_id != socket.person_id
        if not is_ours or not franking.is_of_file(wanted.proof):
            raise Closed(close_codes.NOT_YOURS)
        if not franking.proves(wanted.proof, conversation, sender_id, message_id):
            raise Closed(close_codes.NOT_YOURS)
        return cls(socket, wanted)

    async def check_blocks(self) -> None:
        await super().check_blocks()
        if self.is_blocked:
            self.lose()

    async def begin(self) -> None:
        await self._ask()

    async def receive(self, event: dict) -> None:
        match parse(event):
            case Have(number):
                self.download.confirm(number)
                self.moved_at = time.monotonic()
                await self._grant()
            case Stop():
                await self.stop()
            case _:
                raise unreadable()

    async def tick(self) -> None:
        had_sender = bool(self.other)
        await super().tick()
        if had_sender and not self.other:  # its process may have died, so ask again at once
            self.asked_at = NEVER
        if (self.download.unconfirmed or self.download.is_whole) and self.is_stalled:
            return await self.socket.close(close_codes.SLOW)
        now = time.monotonic()
        if self.other:
            return None
        if now - self.alone_since > settings.RESUME_SECONDS:
            return await self.socket.close(close_codes.GONE)
        if now - self.asked_at > ASK_SECONDS:
            await self._ask()

    def on_event(self, event: dict) -> None:
        if event["type"] == "file.postponed":
            self.alone_since = time.monotonic()
            self.socket.writer.put("postponed")  # the page has a time limit too
        elif event["type"] != "file.begun":
            super().on_event(event)
        elif not self.download.is_whole:
            run_in_background(self._replace(self.other))
            self.download.interrupt()
            self.other, self.heard_at = event["from"], time.monotonic()

    def hear(self, event: dict) -> None:
        if event["type"] == "file.chunk":
            self._take(event["data"])

    def _take(self, chunk: bytes) -> None:
        if not self.download.unconfirmed:
            self.moved_at = time.monotonic()
        if not (numbered := self.download.take(chunk)):
            return self.lose()
        self.socket.writer.put_bytes(numbered)
        if self.download.is_whole:
            self.socket.writer.put("whole")

    async def _replace(self, former: str) -> None:
        """Close the former sender's socket, and let the new one begin."""
        await self.leave(former, close_codes.REPLACED)
        with suppress(StateUnavailable):  # the new one also detects it by itself
            await self._grant()

    async def _grant(self) -> None:
        """Give the sender credit, first for the beginning of the file."""
        if self.other and self.download.starts():
            self.socket.writer.put("start")
        if self.other and self.download.has_started:
            have = self.download.have
            await self.tell("file.credit", have=have, until=have + registry.share())

    def lose(self) -> None:
        """Tell the page about the loss, and ask the sender's windows again."""
        if self.other and not self.download.is_whole:
            # Clear it first, because a new sender may connect meanwhile.
            former, self.other = self.other, ""
            run_in_background(self.leave(former, close_codes.FAILED))
            self.download.interrupt()
            self.alone_since = time.monotonic()
            self.socket.writer.put("interrupted")

    async def _ask(self) -> None:
        self.asked_at = time.monotonic()
        if self.is_blocked:
            return
        token = tokens.Token(
            self.peer_id, self.socket.person_id, self.message, self.file, self.socket.channel
        )
        await groups.file_wanted(
            self.peer_id, self.socket.person_id, self.message, self.file, tokens.sign(token)
        )
