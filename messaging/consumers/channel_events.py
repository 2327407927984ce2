"""Handle the events that a window receives through the channel layer."""

import asyncio
import logging

from django.db import DatabaseError

from messaging.consumers import resumption
from messaging.consumers.authentication import AuthenticatedSession
from messaging.consumers.client_state import ClientState
from messaging.consumers.outbound import OutboundQueue
from messaging.consumers.session_watch import SessionWatch
from messaging.delivery.background import run_in_background
from messaging.domain.messages import StateUnavailable
from messaging.domain.presence import Changes
from messaging.people import visibility
from messaging.rendering.renderer import Renderer

logger = logging.getLogger(__name__)

# Seconds
RETRY_SECONDS = 0.5  # before a retry
HIDDEN_DELAY = 0.02  # delay for a window whose existence must stay hidden from others

Drawn = dict[tuple[type[Renderer], str], str]  # HTML by kind of page and language


class ChannelEvents(SessionWatch):
    """Handle the events of a window. This is a base class of the window, because a separate object
    with a reference to the window would keep it in memory.
    """

    __slots__ = ("late", "outbound", "page", "renderer", "resuming")

    def __init__(
        self, session: AuthenticatedSession, page: ClientState, outbound: OutboundQueue
    ) -> None:
        super().__init__(session)
        self.page, self.outbound = page, outbound
        self.renderer = outbound.renderer
        self.late: asyncio.TimerHandle | None = None
        self.resuming: asyncio.Lock | None = None  # created when first needed

    def logged_out(self) -> str:
        return self.renderer.logged_out()

    def _on_event(self, event: dict) -> None:
        super()._on_event(event)
        if (
            event["type"] == "choices.changed"
        ):  # even during a hello, which may have loaded old ones
            run_in_background(self._refresh())
        elif self.page.window:  # the page has said hello
            self._forward(event)

    def _forward(self, event: dict) -> None:
        match event["type"]:
            case "mail.waiting":
                self._mail_waiting()
            case "presence.changed":
                self._send_presence(event["changes"], event["drawn"])
            case "layer.reconnected":
                run_in_background(self._sign_out_if_invalid())  # events may have been lost
                run_in_background(self._refresh())
                run_in_background(self._resume())
            case "typing.seen":
                peer = self.page.peer(event["peer"])
                if peer.id in self.page.panes and peer.id not in self.page.blocks:
                    self.outbound.add(self.renderer.typing(peer, self.page.language))
            case "file.wanted" if event["peer"] not in self.page.blocks:
                self.outbound.add(self.renderer.file_wanted(*event["data"].decode().split(" ")))
            case "pages.resync":
                self.outbound.add(self.renderer.resync())

    def _mail_waiting(self) -> None:
        """Fetch new entries. If others must not know of this window, first wait until their page
        has its answer. Otherwise, the response time could reveal the window.
        """
        if self.outbound.is_held or not (self.page.is_hidden or self.page.blocks):
            self.outbound.mail_waiting()
        elif self.late is None:
            self.late = asyncio.get_running_loop().call_later(HIDDEN_DELAY, self._mail_waiting_late)

    def _mail_waiting_late(self) -> None:
        self.late = None
        self.outbound.mail_waiting()

    def _send_presence(self, changes: Changes, drawn: Drawn) -> None:
        """Send the changes that this person may see. Windows that may see all of them share the
        HTML for their kind of page and language.
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

    async def _refresh(self) -> None:
        """Reload blocks and visibility. Retry on errors, because the event is sent only once."""
        while not self.outbound.is_stopped:
            try:
                return await resumption.refresh(self.page, self.outbound)
            except DatabaseError:
                logger.warning("The database does not answer; blocks could not be loaded")
                await asyncio.sleep(RETRY_SECONDS)

    async def _resume(self) -> None:
        """Resume after Redis was unavailable or lost its data."""
        self.resuming = self.resuming or asyncio.Lock()
        async with self.resuming:  # so that two tasks do not report the same loss
            while not self.outbound.is_stopped:
                try:
                    return await resumption.resume(self.page, self.outbound)
                except StateUnavailable:
                    await asyncio.sleep(RETRY_SECONDS)
