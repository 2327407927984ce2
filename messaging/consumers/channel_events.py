"""What a window hears through the channel layer, and what comes of it for its page."""

import asyncio
import contextvars
import logging
from contextlib import suppress

from django.db import DatabaseError

from messaging.consumers import close_codes, resumption
from messaging.consumers.authentication import AuthenticatedSession, authenticator
from messaging.consumers.client_state import ClientState
from messaging.consumers.outbound import OutboundQueue
from messaging.delivery.background import run_in_background
from messaging.domain.messages import StateUnavailable
from messaging.domain.presence import Changes
from messaging.people import visibility
from messaging.rendering.renderer import Renderer

logger = logging.getLogger(__name__)

AGAIN = 0.5  # seconds until it is tried again to reach what was away
# Seconds for the database to say how a session has ended: its windows are to be gone within one.
SOON = 0.5
UNSEEN = 0.02  # seconds by which a window is late that others may not know of

Drawn = dict[tuple[type[Renderer], str], str]


class ChannelEvents:
    """The part of a window that hears. It is a base class, since a part that knew its window would
    keep it alive.
    """

    __slots__ = ("context", "is_over", "late", "mending", "outbound", "page", "renderer", "session")

    def __init__(
        self, session: AuthenticatedSession, page: ClientState, outbound: OutboundQueue
    ) -> None:
        self.session, self.page, self.outbound = session, page, outbound
        self.renderer = outbound.renderer
        self.context = contextvars.copy_context()
        self.is_over = False
        self.late: asyncio.TimerHandle | None = None
        self.mending: asyncio.Lock | None = None  # from the first time on that it is needed

    async def close(self, code: int, html: str = "") -> None:
        """End the socket, with a last word."""
        raise NotImplementedError

    def on_event(self, event: dict) -> None:
        """The ear of its channel. Whoever rings: what comes of it is in this window's language and
        log.
        """
        self.context.run(self._on_event, event)

    def _on_event(self, event: dict) -> None:
        """Whatever takes time is done by somebody else."""
        kind = event["type"]
        if kind == "session.ended":
            run_in_background(self._sign_out())
        elif kind == "account.changed":
            run_in_background(self._look_at_session())
        elif (
            kind == "choices.changed"
        ):  # also while a hello is under way, which may have asked too early
            run_in_background(self._look_at_choices())
        elif self.page.window:  # until the page has said hello, nothing is forwarded
            self._forward(event)

    def _forward(self, event: dict) -> None:
        match event["type"]:
            case "mail.waiting":
                self._mail_waiting()
            case "presence.changed":
                self._send_presence(event["changes"], event["drawn"])
            case "layer.mended":
                run_in_background(
                    self._look_at_session()
                )  # that it had ended would have been told meanwhile
                run_in_background(self._look_at_choices())
                run_in_background(self._resume())
            case "typing.seen":
                if self._shows(event["peer"]):
                    self.outbound.add(
                        self.renderer.typing(self.page.peer(event["peer"]), self.page.language)
                    )
            case "process.died":
                self.outbound.add(self.renderer.offered_again())

    def _mail_waiting(self) -> None:
        """Take what waits. Where others may not know that this window is here, it begins when their
        own page has been answered: the time that takes would tell them.
        """
        if self.outbound.is_held or not (self.page.is_hidden or self.page.blocks):
            self.outbound.mail_waiting()
        elif self.late is None:
            self.late = asyncio.get_running_loop().call_later(UNSEEN, self._mail_waiting_late)

    def _mail_waiting_late(self) -> None:
        self.late = None
        self.outbound.mail_waiting()

    def _shows(self, peer_id: int) -> bool:
        return peer_id in self.page.panes and peer_id not in self.page.blocks

    def _send_presence(self, changes: Changes, drawn: Drawn) -> None:
        """Send the changes that this person may see. Windows that may see all of them share what
        is drawn for their kind of page and language.
        """
        blocks = self.page.blocks
        visible = visibility.visible_changes(changes, blocks) if blocks else changes
        if not visible:
            return None
        if visible != changes:
            return self.outbound.add(self.renderer.presence(visible))
        key = type(self.renderer), self.page.language
        if key not in drawn:
            drawn[key] = self.renderer.presence(changes)
        self.outbound.add(drawn[key])

    async def _sign_out(self) -> None:
        """To the log-in page. Where the session goes on under another key, who has that one comes
        back by it: the old one may have been stolen.
        """
        with suppress(DatabaseError, TimeoutError):  # the end comes first
            async with asyncio.timeout(SOON):
                is_renewed = await authenticator.is_renewed(self.session)
            if is_renewed:
                return await self.close(close_codes.RENEWED)
        await self.close(close_codes.SIGNED_OUT, self.renderer.sent_away())

    async def _look_whether_it_has_ended(self) -> None:
        """Between the look at the door and the joining of the groups, the end of the session could
        pass unheard.
        """
        with suppress(DatabaseError):  # the next look comes within a minute
            if await authenticator.has_ended(self.session.key):
                await self._sign_out()

    async def _look_at_session(self) -> None:
        """The password or the person has changed: a session that no longer holds ends here too."""
        try:
            still = await authenticator.authenticate(self.session.key)
        except DatabaseError:
            logger.warning("The database does not answer; a session could not be looked at")
            return
        if still is None:
            await self._sign_out()

    async def _look_at_choices(self) -> None:
        """Until it is known: the database may be away, and nobody says it twice."""
        while not self.is_over:
            try:
                return await resumption.refresh(self.page, self.outbound)
            except DatabaseError:
                logger.warning(
                    "The database does not answer; what was chosen could not be looked at"
                )
                await asyncio.sleep(AGAIN)

    async def _resume(self) -> None:
        """Where the state of conversations lives was away, or is empty."""
        self.mending = self.mending or asyncio.Lock()
        async with self.mending:  # twice at once, it would tell the same loss twice
            while not self.is_over:
                try:
                    return await resumption.resume(self.page, self.outbound)
                except StateUnavailable:
                    await asyncio.sleep(AGAIN)
