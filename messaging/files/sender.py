"""The side on which a page sends a file."""

import time

from django.utils.translation import gettext as _

from messaging import rate_limits
from messaging.consumers import close_codes
from messaging.domain import offers
from messaging.domain.files import MEGABYTE
from messaging.files import tokens
from messaging.files.counters import counts
from messaging.files.frames import Gone, Send, Stop, Wait, parse, unreadable
from messaging.files.refusals import Busy, Closed, Invalid
from messaging.files.registry import registry
from messaging.files.side import Side, Socket
from messaging.files.transfer import HEADER, Upload
from messaging.files.writer import frame


class Sender(Side):
    """Forward chunks to the recipient's socket, and grant the page credit for them."""

    LIMIT = 2

    def __init__(self, socket: Socket, token: tokens.Token) -> None:
        super().__init__(socket, token.recipient_id, token.message)
        self.recipient = self.other = token.channel
        self.upload = Upload(token.file)

    @property
    def transfer(self) -> str:
        return self.recipient

    @classmethod
    async def admit(cls, socket: Socket, asked: Send) -> "Sender":
        """Return the sender's side, or raise Closed if the person must not send this file."""
        token = _read_own(socket, asked.token)
        if reason := offers.refusal(token.file):
            raise Invalid(reason)
        megabytes = max(1.0, token.file.size / MEGABYTE)
        if await rate_limits.megabytes.retry_after(socket.person_id, cost=megabytes):
            raise Busy(_("You have sent many files. This page will try again later."))
        return cls(socket, token)

    @classmethod
    async def postpone(cls, socket: Socket, asked: Wait) -> None:
        """Make the recipient's page wait, or raise Closed if the person must not send this file."""
        side = cls(socket, _read_own(socket, asked.token))
        await side.check_blocks()
        if not side.is_blocked:
            await side.tell("file.postponed")

    async def begin(self) -> None:
        if not self.is_blocked:  # otherwise no answer, as if the recipient's page were gone
            counts.started += 1
            await self.tell("file.begun")

    async def receive(self, event: dict) -> None:
        chunk = event.get("bytes")
        if chunk is None:
            match parse(event):
                case Stop():
                    return await self.stop()
                case Gone():
                    return await self.stop(close_codes.GONE)
                case _:
                    raise unreadable()
        self.upload.take(chunk)
        self.moved_at = time.monotonic()
        counts.passed += len(chunk) - HEADER
        await self.tell("file.chunk", data=chunk)

    async def tick(self) -> None:
        await super().tick()
        if self.upload.has_credit and self.is_stalled:
            await self.socket.close(close_codes.SILENT)

    def hear(self, event: dict) -> None:
        if event["type"] != "file.credit":
            return None
        if not self.upload.has_credit:
            self.moved_at = time.monotonic()
        self.upload.grant(event["have"], min(event["until"], event["have"] + registry.share()))
        credit = {"until": self.upload.until, "have": self.upload.have}
        if not self.upload.is_confirmed:
            return self.socket.writer.put("credit", **credit)
        counts.finished += 1
        self.close(1000, frame("credit", **credit))

    def lose(self) -> None:
        """Close the socket. The page gets a new token if the recipient's page is still open."""
        self.close(close_codes.FAILED)

    async def end(self, code: int) -> None:
        if code == close_codes.INVALID:  # each further try would end like this one
            self.code = close_codes.GONE
        if not self.upload.is_confirmed:
            await super().end(code)


def _read_own(socket: Socket, signed: str) -> tokens.Token:
    """Return the token, or raise Closed if it was issued to another person."""
    token = tokens.read(signed)
    if token is None or token.sender_id != socket.person_id:
        raise Closed(close_codes.NOT_YOURS)
    return token
