"""One open window of one person, straight on the ASGI interface.

Channels' own consumers start a task for every event and look after the database at each: most of
what a message costs with them. Its routing leads to `messaging.consumers.handshake` and here; its
layer, groups and words are used.
"""

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

from channels.layers import get_channel_layer
from django.conf import settings
from django.utils import translation

from messaging import rate_limits
from messaging.backends import mailbox, presence
from messaging.consumers import close_codes
from messaging.consumers.authentication import AuthenticatedSession
from messaging.consumers.channel_events import ChannelEvents
from messaging.consumers.client_state import ClientState
from messaging.consumers.frames import Outdated
from messaging.consumers.inbound import InboundHandler
from messaging.consumers.outbound import OutboundQueue, Send
from messaging.consumers.registry import ConnectionRegistry
from messaging.consumers.shutdown import shutdown
from messaging.delivery import groups
from messaging.delivery.background import background_task, run_in_background
from messaging.domain.messages import Refused, StateUnavailable
from messaging.rendering.renderer import Renderer

logger = logging.getLogger(__name__)

LOOK_EACH = 3  # beats, which are a minute
DISCONNECTED = {"Disconnected", "ClientDisconnected"}  # what Daphne's and uvicorn's `send` raise

Receive = Callable[[], Awaitable[dict]]


class WindowConsumer(ChannelEvents):
    """One window from its coming to its going: what it sends goes to the inbound handler, what it
    hears to the outbound queue.
    """

    __slots__ = ("address", "beats", "channel", "heard_at", "inbound", "send", "task", "timer")

    def __init__(
        self, session: AuthenticatedSession, address: str, send: Send, renderer: Renderer
    ) -> None:
        page = ClientState(session.person)
        outbound = OutboundQueue(page, send, self._fail, renderer)
        super().__init__(session, page, outbound)
        self.inbound = InboundHandler(page, outbound)
        self.address, self.send = address, send
        self.heard_at = time.monotonic()
        self.beats = 0
        self.channel = ""
        self.task: asyncio.Task | None = None
        self.timer: asyncio.TimerHandle | None = None

    @property
    def person_id(self) -> int:
        return self.page.person.id

    async def live(self, receive: Receive, early: deque[dict]) -> None:
        """Until its socket ends; the events that came `early` come first."""
        self.task = asyncio.current_task()
        try:
            await self._enter()
            while (event := early.popleft() if early else await receive())[
                "type"
            ] != "websocket.disconnect":
                if not self.outbound.is_stopped:
                    await self._read(event)
        except asyncio.CancelledError:
            if not self.outbound.is_stopped:
                raise
        finally:
            await self._leave()

    async def _read(self, event: dict) -> None:
        self.heard_at = time.monotonic()
        if await rate_limits.frames.retry_after(self.person_id, cost=rate_limits.cost(event)):
            registry.flooded.add(self.person_id)
            return await self.close(close_codes.FLOODED)
        try:
            await self.inbound.read(event.get("text") or "")
        except Outdated:
            await self.close(close_codes.OUTDATED, self.renderer.outdated())
        except StateUnavailable:
            await self.close(close_codes.FAILED)

    # Coming and going

    async def _enter(self) -> None:
        layer = get_channel_layer()
        self.channel = await layer.new_channel()
        if shutdown.has_begun:
            return await self.close(close_codes.RESTARTING)
        try:
            oldest = registry.add(self)
        except Refused as refusal:
            return await self.close(close_codes.FULL, self.renderer.notice(refusal.reason))
        layer.subscribe(self.channel, self.on_event)
        try:
            for group in self._groups():
                await layer.group_add(group, self.channel)
        except StateUnavailable:
            return await self.close(close_codes.FAILED)
        run_in_background(self._sign_out_if_ended())
        # Windows that come back together need not beat together.
        self._beat_in(random.uniform(0.5, 1) * settings.HEARTBEAT_SECONDS)  # noqa: S311 - nothing to guess
        if oldest:
            run_in_background(oldest.close(close_codes.REPLACED, oldest.renderer.let_go()))
        if self.person_id in registry.flooded:
            registry.flooded.discard(self.person_id)
            words = translation.gettext(
                "One of your windows sent too much data and was disconnected."
            )
            self.outbound.add(self.renderer.notice(words))

    async def _leave(self) -> None:
        self.outbound.stop()
        if self.timer:
            self.timer.cancel()
        registry.remove(self)
        layer = get_channel_layer()
        layer.unsubscribe(self.channel)
        for group in self._groups():
            await layer.group_discard(group, self.channel)
        background_task.wake_up()
        if self.page.window:
            await presence.leave(self.page.person, self.page.window)
            with suppress(StateUnavailable):
                await mailbox.detach(self.person_id, self.page.window)

    def _groups(self) -> tuple[str, ...]:
        """Derived from the session, never from what the browser sent."""
        return groups.person_group(self.person_id), self.session.group, groups.ALL_WINDOWS

    async def close(self, code: int, html: str = "") -> None:
        """Ends the socket, with a last word. One that does not take it is left all the same."""
        if self.outbound.is_stopped:
            return
        self.outbound.stop()
        if not await close_codes.close_socket(self.send, code, html) and self.task:
            self.task.cancel()

    def _fail(self, error: Exception | None) -> None:
        """The page confirms nothing any more, or cannot be written to."""
        if error:
            # By its kind alone: it may hold what somebody wrote. A socket that closed meanwhile is
            # no fault.
            level = logging.DEBUG if type(error).__name__ in DISCONNECTED else logging.ERROR
            logger.log(level, "A window has failed: %s", type(error).__name__)
        run_in_background(self.close(close_codes.FAILED if error else close_codes.SLOW))

    # Beating

    def _beat_in(self, seconds: float) -> None:
        if self.timer:
            self.timer.cancel()
        self.timer = asyncio.get_running_loop().call_later(seconds, self.beat)

    def beat(self) -> None:
        """Shows the page that the server is there; leaves one that is silent."""
        if time.monotonic() - self.heard_at > 2.5 * settings.HEARTBEAT_SECONDS:
            return run_in_background(self.close(close_codes.SILENT))
        if self.page.window:
            self.outbound.beat()
        self.beats += 1
        if self.beats % LOOK_EACH == 0:  # should its end not have been heard of
            run_in_background(self._sign_out_if_invalid())
        self._beat_in(settings.HEARTBEAT_SECONDS)


registry: ConnectionRegistry[WindowConsumer] = ConnectionRegistry()
