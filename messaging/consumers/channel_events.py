"""What a window hears through the channel layer, and what comes of it for its page."""

import asyncio
import contextvars
import logging
from contextlib import suppress

from django.db import DatabaseError

from messaging.consumers import close_codes, resumption
from messaging.consumers.authentication import Holder, doorkeeper
from messaging.consumers.client_state import Page
from messaging.consumers.outbound import Outflow
from messaging.consumers.tasks import in_background
from messaging.domain.messages import Unreachable
from messaging.people import visibility

logger = logging.getLogger(__name__)

AGAIN = 0.5  # seconds until it is tried again to reach what was away
# Seconds for the database to say how a session has ended: its windows are to be gone within one.
SOON = 0.5
UNSEEN = 0.02  # seconds by which a window is late that others may not know of


class ChannelEvents:
    """The part of a window that hears. It is a base class, since a part that knew its window would
    keep it alive.
    """

    __slots__ = ("ear", "holder", "is_over", "late", "mending", "outflow", "page", "voice")

    def __init__(self, holder: Holder, page: Page, outflow: Outflow) -> None:
        self.holder, self.page, self.outflow, self.voice = holder, page, outflow, outflow.voice
        self.ear = contextvars.copy_context()
        self.is_over = False
        self.late: asyncio.TimerHandle | None = None
        self.mending: asyncio.Lock | None = None  # from the first time on that it is needed

    async def close(self, code: int, html: str = "") -> None:
        """End the socket, with a last word."""
        raise NotImplementedError

    def hear(self, event: dict) -> None:
        """The ear of its channel. Whoever rings: what comes of it is in this window's language and
        log.
        """
        self.ear.run(self._hear, event)

    def _hear(self, event: dict) -> None:
        """Whatever takes time is done by somebody else."""
        kind = event["type"]
        if kind == "session.ended":
            in_background(self._send_away())
        elif kind == "account.changed":
            in_background(self._look_at_session())
        elif (
            kind == "choices.changed"
        ):  # also while a hello is under way, which may have asked too early
            in_background(self._look_at_choices())
        elif self.page.window:  # until the page has said hello, nothing is forwarded
            self._forward(event)

    def _forward(self, event: dict) -> None:
        match event["type"]:
            case "mail.waiting":
                self._ring()
            case "presence.changed":
                self._tell_presence(event)
            case "layer.mended":
                in_background(
                    self._look_at_session()
                )  # that it had ended would have been told meanwhile
                in_background(self._look_at_choices())
                in_background(self._say_again())
            case "typing.seen":
                if self._shows(event["peer"]):
                    self.outflow.add(
                        self.voice.typing(self.page.peer(event["peer"]), self.page.language)
                    )
            case "process.died":
                self.outflow.add(self.voice.offered_again())

    def _ring(self) -> None:
        """Take what waits. Where others may not know that this window is here, it begins when their
        own page has been answered: the time that takes would tell them.
        """
        if self.outflow.is_held or not (self.page.is_hidden or self.page.blocks):
            self.outflow.ring()
        elif self.late is None:
            self.late = asyncio.get_running_loop().call_later(UNSEEN, self._ring_late)

    def _ring_late(self) -> None:
        self.late = None
        self.outflow.ring()

    def _shows(self, peer_id: int) -> bool:
        return peer_id in self.page.panes and peer_id not in self.page.blocks

    def _tell_presence(self, event: dict) -> None:
        """Drawn once for all who speak a language, and anew only for who is not to hear of
        everybody.
        """
        changes = (
            visibility.news(event["changes"], self.page.blocks)
            if self.page.blocks
            else event["changes"]
        )
        if changes:
            is_all = changes == event["changes"]
            html = (
                self.voice.presence(event, self.page.language)
                if is_all
                else self.voice.presence_of(changes)
            )
            self.outflow.add(html)

    async def _send_away(self) -> None:
        """To the log-in page. Where the session goes on under another key, who has that one comes
        back by it: the old one may have been stolen.
        """
        with suppress(DatabaseError, TimeoutError):  # the end comes first
            async with asyncio.timeout(SOON):
                goes_on = await doorkeeper.goes_on(self.holder)
            if goes_on:
                return await self.close(close_codes.RENEWED)
        await self.close(close_codes.SIGNED_OUT, self.voice.sent_away())

    async def _look_whether_it_has_ended(self) -> None:
        """Between the look at the door and the joining of the groups, the end of the session could
        pass unheard.
        """
        with suppress(DatabaseError):  # the next look comes within a minute
            if await doorkeeper.has_ended(self.holder.key):
                await self._send_away()

    async def _look_at_session(self) -> None:
        """The password or the person has changed: a session that no longer holds ends here too."""
        try:
            still = await doorkeeper.holder(self.holder.key)
        except DatabaseError:
            logger.warning("The database does not answer; a session could not be looked at")
            return
        if still is None:
            await self._send_away()

    async def _look_at_choices(self) -> None:
        """Until it is known: the database may be away, and nobody says it twice."""
        while not self.is_over:
            try:
                return await resumption.learn(self.page, self.outflow)
            except DatabaseError:
                logger.warning(
                    "The database does not answer; what was chosen could not be looked at"
                )
                await asyncio.sleep(AGAIN)

    async def _say_again(self) -> None:
        """Where the state of conversations lives was away, or is empty."""
        self.mending = self.mending or asyncio.Lock()
        async with self.mending:  # twice at once, it would tell the same loss twice
            while not self.is_over:
                try:
                    return await resumption.resume(self.page, self.outflow)
                except Unreachable:
                    await asyncio.sleep(AGAIN)
