"""The consumer of a window. It uses ASGI directly, because Channels' consumers start a task and
check database connections for every event, which would be most of the cost of a message.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

from django.conf import settings
from django.utils.translation import gettext as _

from messaging import rate_limits
from messaging.consumers import close_codes, resumption
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

HEARTBEATS_PER_CHECK = 3  # heartbeats, which take a minute

Receive = Callable[[], Awaitable[dict]]


class WindowConsumer(ChannelEvents):
    """A window from the end of its handshake until its socket closes."""

    __slots__ = ("address", "beats", "heard_at", "inbound", "send", "task", "timer")

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
        self.task: asyncio.Task | None = None
        self.timer: asyncio.TimerHandle  # set in `live`, so that unused windows can be freed

    async def live(self, receive: Receive) -> None:
        """Handle what the page sends until its socket closes."""
        self.task = asyncio.current_task()
        # Spread the heartbeats of windows that reconnect at the same time.
        self._beat_in(random.uniform(0.5, 1) * settings.HEARTBEAT_SECONDS)  # noqa: S311 - no secret
        try:
            await self._enter()
            while (event := await receive())["type"] != "websocket.disconnect":
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

    async def _enter(self) -> None:
        if shutdown.has_begun:
            return await self.close(close_codes.RESTARTING)
        try:
            oldest = registry.add(self)
        except Refused as refusal:
            return await self.close(close_codes.FULL, self.renderer.notice(refusal.reason))
        try:
            await self._subscribe()
        except StateUnavailable:
            return await self.close(close_codes.FAILED)
        if oldest:
            run_in_background(
                oldest.close(close_codes.REPLACED, oldest.renderer.too_many_windows())
            )
        if self.person_id in registry.flooded:
            registry.flooded.discard(self.person_id)
            text = _("One of your windows sent too much data and was disconnected.")
            self.outbound.add(self.renderer.notice(text))

    async def _leave(self) -> None:
        self.outbound.stop()
        self.timer.cancel()
        registry.remove(self)
        await self._unsubscribe()
        background_task.wake_up()
        await resumption.disconnect(self.page)

    def _groups(self) -> tuple[str, ...]:
        return *super()._groups(), groups.ALL_WINDOWS

    async def close(self, code: int, text: str = "") -> None:
        """Send this HTML, and close the socket even if the client no longer reads from it."""
        if not self.outbound.is_stopped:
            self.outbound.stop()
            if not await close_codes.close_socket(self.send, code, text) and self.task:
                self.task.cancel()

    def _fail(self, error: Exception | None) -> None:
        """Close the socket after a write failed or if the page confirms too little."""
        if error:
            close_codes.log_failure(error)
        run_in_background(self.close(close_codes.FAILED if error else close_codes.SLOW))

    def beat(self) -> None:
        """Send a heartbeat, or close the socket if its page has been silent for too long."""
        if time.monotonic() - self.heard_at > 2.5 * settings.HEARTBEAT_SECONDS:
            return run_in_background(self.close(close_codes.SILENT))
        if self.page.window:
            self.outbound.beat()
        self.beats += 1
        if self.beats % HEARTBEATS_PER_CHECK == 0:  # the event that ends it may have been lost
            run_in_background(self._sign_out_if_invalid())
        self.timer.cancel()
        self._beat_in(settings.HEARTBEAT_SECONDS)

    def _beat_in(self, seconds: float) -> None:
        self.timer = asyncio.get_running_loop().call_later(seconds, self.beat)


registry: ConnectionRegistry[WindowConsumer] = ConnectionRegistry()
