"""The door for a socket: one open window of one person, straight on the ASGI interface.

Channels' own consumers start a task for every event and look after the database at each: most of what a message costs
with them. Its routing leads here, and its layer, groups and words are used.
"""

import asyncio
import contextvars
import logging
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import DatabaseError
from django.utils import translation

from messaging import rate_limits
from messaging.backends import mailbox, presence
from messaging.consumers import close_codes
from messaging.consumers.authentication import Holder, doorkeeper, language_of, session_key
from messaging.consumers.client_state import Page
from messaging.consumers.frames import Outdated
from messaging.consumers.handshake_buffer import Early, Gone, TooMuch
from messaging.consumers.inbound import Intake
from messaging.consumers.outbound import Outflow, Send
from messaging.consumers.registry import Crowd
from messaging.consumers.shutdown import shutdown
from messaging.delivery import groups
from messaging.delivery.background import pulse
from messaging.domain.messages import Refused, Unreachable
from messaging.people import visibility
from messaging.rendering import fragments

logger = logging.getLogger(__name__)

AGAIN = 0.5  # seconds until it is tried again to reach what was away
LOOK_EACH = 3  # beats, which are a minute
GOODBYE = 2.0  # seconds for a socket to take its end
SOON = 0.5  # seconds for the database to say how a session has ended: its windows are to be gone within one
UNSEEN = 0.02  # seconds by which a window is late that others may not know of
DISCONNECTED = {"Disconnected", "ClientDisconnected"}  # what Daphne's and uvicorn's `send` raise

Receive = Callable[[], Awaitable[dict]]
busy: set[asyncio.Task] = set()  # a task that nobody holds may be collected before it is done


def in_background(coroutine: Coroutine) -> None:
    task = asyncio.get_running_loop().create_task(coroutine)
    busy.add(task)
    task.add_done_callback(busy.discard)


async def window(scope: dict, receive: Receive, send: Send) -> None:
    """The application of one socket. It is accepted at once: a refused handshake would make the page try for ever."""
    await receive()  # the server's `websocket.connect`
    await send({"type": "websocket.accept"})
    translation.activate(language_of(scope["headers"]))
    early = Early(receive)
    try:
        holder = await early.wait_for(doorkeeper.holder(session_key(scope["headers"])))
    except Gone:
        return None
    except TooMuch:
        return await _turn_away(early, send, close_codes.FLOODED)
    except Exception as error:  # noqa: BLE001 - the server would log it with everything that it was about
        logger.warning("A window cannot be let in: %s", type(error).__name__)
        return await _turn_away(early, send, close_codes.FAILED)
    if holder is None:
        return await _turn_away(early, send, close_codes.SIGNED_OUT, fragments.sent_away())
    client = scope.get("client") or ["unknown"]
    await WindowConsumer(holder, client[0], send).live(receive, early.events)


async def _turn_away(early: Early, send: Send, code: int, html: str = "") -> None:
    if await _says_goodbye(send, code, html):
        await early.drain()


async def _says_goodbye(send: Send, code: int, html: str) -> bool:
    """Ends a socket with a last word, unless it does not take it."""
    try:
        async with asyncio.timeout(GOODBYE):
            if html:
                await send({"type": "websocket.send", "text": html})
            await send({"type": "websocket.close", "code": code})
    except Exception:  # noqa: BLE001 - it is gone already, or stuck
        return False
    return True


class WindowConsumer:
    """One window from its coming to its going: what it sends goes to the intake, what it hears to the outflow.

    `voice` draws what there is to say to its page; that of `fragments` is for pages with htmx.
    """

    __slots__ = (
        "address", "beats", "channel", "ear", "heard_at", "holder", "intake", "is_over", "late", "mending", "outflow",
        "page", "send", "task", "timer", "voice",
    )  # fmt: skip

    def __init__(self, holder: Holder, address: str, send: Send, voice: Any = fragments) -> None:
        self.holder, self.address, self.send, self.voice = holder, address, send, voice
        self.page = Page(holder.person)
        self.outflow = Outflow(self.page, send, self._fail, voice)
        self.intake = Intake(self.page, self.outflow)
        self.ear = contextvars.copy_context()
        self.heard_at = time.monotonic()
        self.beats = 0
        self.is_over = False
        self.channel = ""
        self.task: asyncio.Task | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.late: asyncio.TimerHandle | None = None
        self.mending: asyncio.Lock | None = None  # from the first time on that it is needed

    @property
    def person_id(self) -> int:
        return self.page.person.id

    async def live(self, receive: Receive, early: deque[dict]) -> None:
        """Until its socket ends; the events that came `early` come first."""
        self.task = asyncio.current_task()
        try:
            await self._enter()
            while (event := early.popleft() if early else await receive())["type"] != "websocket.disconnect":
                if not self.is_over:
                    await self._read(event)
        except asyncio.CancelledError:
            if not self.is_over:
                raise
        finally:
            await self._leave()

    async def _read(self, event: dict) -> None:
        self.heard_at = time.monotonic()
        if await rate_limits.frames.wait(self.person_id, cost=rate_limits.cost(event)):
            crowd.cut.add(self.person_id)
            return await self.close(close_codes.FLOODED)
        try:
            await self.intake.read(event.get("text") or "")
        except Outdated:
            await self.close(close_codes.OUTDATED, self.voice.outdated())
        except Unreachable:
            await self.close(close_codes.FAILED)

    # Coming and going

    async def _enter(self) -> None:
        layer = get_channel_layer()
        self.channel = await layer.new_channel()
        if shutdown.has_begun:
            return await self.close(close_codes.RESTARTING)
        try:
            oldest = crowd.enter(self)
        except Refused as refusal:
            return await self.close(close_codes.FULL, self.voice.notice(refusal.reason))
        layer.listen(self.channel, self.hear)
        try:
            for group in self._groups():
                await layer.group_add(group, self.channel)
        except Unreachable:
            return await self.close(close_codes.FAILED)
        in_background(self._look_whether_it_has_ended())
        # Windows that come back together need not beat together.
        self._beat_in(random.uniform(0.5, 1) * settings.HEARTBEAT_SECONDS)  # noqa: S311 - nothing to guess
        if oldest:
            in_background(oldest.close(close_codes.CROWDED, oldest.voice.let_go()))
        if self.person_id in crowd.cut:
            crowd.cut.discard(self.person_id)
            words = translation.gettext("a window of yours sent more than a page can say, and was cut off.")
            self.outflow.add(self.voice.notice(words))

    async def _leave(self) -> None:
        self.is_over = True
        self.outflow.stop()
        if self.timer:
            self.timer.cancel()
        crowd.leave(self)
        layer = get_channel_layer()
        layer.hang_up(self.channel)
        for group in self._groups():
            await layer.group_discard(group, self.channel)
        pulse.quicken()
        if self.page.window:
            await presence.leave(self.page.person, self.page.window)
            with suppress(Unreachable):
                await mailbox.detach(self.person_id, self.page.window)

    def _groups(self) -> tuple[str, ...]:
        """Derived from the session, never from what the browser sent."""
        return groups.person_group(self.person_id), self.holder.group, groups.EVERYBODY

    async def close(self, code: int, html: str = "") -> None:
        """Ends the socket, with a last word. One that does not take it is left all the same."""
        if self.is_over:
            return
        self.is_over = True
        self.outflow.stop()
        if not await _says_goodbye(self.send, code, html) and self.task:
            self.task.cancel()

    def _fail(self, error: Exception | None) -> None:
        """The page confirms nothing any more, or cannot be written to."""
        if error:
            # By its kind alone: it may hold what somebody wrote. A socket that closed meanwhile is no fault.
            level = logging.DEBUG if type(error).__name__ in DISCONNECTED else logging.ERROR
            logger.log(level, "A window has failed: %s", type(error).__name__)
        in_background(self.close(close_codes.FAILED if error else close_codes.SLOW))

    # What it hears

    def hear(self, event: dict) -> None:
        """The ear of its channel. Whoever rings: what comes of it is in this window's language and log."""
        self.ear.run(self._hear, event)

    def _hear(self, event: dict) -> None:
        """Whatever takes time is done by somebody else."""
        kind = event["type"]
        if kind == "session.ended":
            in_background(self._send_away())
        elif kind == "account.changed":
            in_background(self._look_at_session())
        elif kind == "choices.changed":  # also while a hello is under way, which may have asked too early
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
                in_background(self._look_at_session())  # that it had ended would have been told meanwhile
                in_background(self._look_at_choices())
                in_background(self._say_again())
            case "typing.seen":
                if self._shows(event["peer"]):
                    self.outflow.add(self.voice.typing(self.page.peer(event["peer"]), self.page.language))
            case "process.died":
                self.outflow.add(self.voice.offered_again())

    def _ring(self) -> None:
        """Take what waits. Where others may not know that this window is here, it begins when their own page has been
        answered: the time that takes would tell them."""
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
        """Drawn once for all who speak a language, and anew only for who is not to hear of everybody."""
        changes = visibility.news(event["changes"], self.page.blocks) if self.page.blocks else event["changes"]
        if changes:
            is_all = changes == event["changes"]
            html = self.voice.presence(event, self.page.language) if is_all else self.voice.presence_of(changes)
            self.outflow.add(html)

    async def _send_away(self) -> None:
        """To the log-in page. Where the session goes on under another key, who has that one comes back by it: the old
        one may have been stolen."""
        with suppress(DatabaseError, TimeoutError):  # the end comes first
            async with asyncio.timeout(SOON):
                goes_on = await doorkeeper.goes_on(self.holder)
            if goes_on:
                return await self.close(close_codes.RENEWED)
        await self.close(close_codes.SIGNED_OUT, self.voice.sent_away())

    async def _look_whether_it_has_ended(self) -> None:
        """Between the look at the door and the joining of the groups, the end of the session could pass unheard."""
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
                return await self.intake.learn()
            except DatabaseError:
                logger.warning("The database does not answer; what was chosen could not be looked at")
                await asyncio.sleep(AGAIN)

    async def _say_again(self) -> None:
        """Where the state of conversations lives was away, or is empty."""
        self.mending = self.mending or asyncio.Lock()
        async with self.mending:  # twice at once, it would tell the same loss twice
            while not self.is_over:
                try:
                    return await self.intake.resume()
                except Unreachable:
                    await asyncio.sleep(AGAIN)

    def _beat_in(self, seconds: float) -> None:
        if self.timer:
            self.timer.cancel()
        self.timer = asyncio.get_running_loop().call_later(seconds, self.beat)

    def beat(self) -> None:
        """Shows the page that the server is there; leaves one that is silent."""
        if time.monotonic() - self.heard_at > 2.5 * settings.HEARTBEAT_SECONDS:
            return in_background(self.close(close_codes.SILENT))
        if self.page.window:
            self.outflow.beat()
        self.beats += 1
        if self.beats % LOOK_EACH == 0:  # should its end not have been heard of
            in_background(self._look_at_session())
        self._beat_in(settings.HEARTBEAT_SECONDS)


crowd: Crowd[WindowConsumer] = Crowd()
