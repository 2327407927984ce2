"""One page without JavaScript while it is loaded, as a socket to its window: it speaks by asking
for pictures.

What it is told is drawn by a renderer of its own. Each part ends with a picture, and that
the browser asks for it says what a script would say over a socket: first that the page is there,
then what it has shown.
"""

import asyncio
import hashlib
import json
import secrets

from channels.layers import get_channel_layer

from messaging.consumers.authentication import AuthenticatedSession
from messaging.consumers.close_codes import FULL, RENEWED, REPLACED, RESTARTING, SIGNED_OUT, SILENT
from messaging.consumers.outbound import Send
from messaging.consumers.websocket import Receive, WindowConsumer
from messaging.domain.messages import StateUnavailable
from messaging.noscript.decorators import FRAMED_HEADERS, turned_away
from messaging.noscript.renderer import AppendOnlyRenderer
from messaging.rendering.page_version import PAGE_VERSION

WHYS = {"taken-back", "cleared", "renewed"}
ENDINGS = {
    SIGNED_OUT: "signed-out",
    # Who has the new key of the session goes on; the old one may have been stolen.
    RENEWED: "renewed",
    SILENT: "silent",
    REPLACED: "crowded",
    FULL: "full",
    RESTARTING: "restarting",
}
# What stands between must pass each part on as it comes.
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
    **FRAMED_HEADERS,
}


def group(key: str, load: str) -> str:
    """Of one page: nobody else's browser has the key of its session, which itself has no business
    in a layer.
    """
    return f"stream.{hashlib.sha256(f'{key} {load}'.encode()).hexdigest()[:32]}"


async def answer(send: Send, status: int, html: str) -> None:
    """A page that has an end."""
    await _start(send, status)
    await send({"type": "http.response.body", "body": html.encode()})


async def _start(send: Send, status: int) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})


class StreamConsumer:
    """Pictures are the frames of its window, and its end is theirs."""

    def __init__(
        self, session: AuthenticatedSession, address: str, asked: dict[str, str], send: Send
    ) -> None:
        self.http, self.why = send, asked.get("why", "")
        # Without the window that it was, a cursor says nothing.
        window, cursor = asked.get("window", ""), asked.get("cursor", "")
        self.page = AppendOnlyRenderer(
            window or secrets.token_urlsafe(12), cursor if window else ""
        )
        self.window = WindowConsumer(session, address, self.send, self.page)
        self.frames: asyncio.Queue[dict] = asyncio.Queue()
        self.has_said_hello = self.has_ended = False

    async def live(self, receive: Receive) -> None:
        """Until the browser has gone, or there is nothing more to say."""
        layer = get_channel_layer()
        channel, own = await layer.new_channel(), group(self.window.session.key, self.page.load)
        layer.subscribe(channel, self.on_event)
        watch = asyncio.create_task(self._watch(receive))
        try:
            await layer.group_add(own, channel)
            await self._begin()
            await self.window.live(self.frames.get)
        except StateUnavailable:
            await answer(self.http, 503, turned_away("failed"))
        except asyncio.CancelledError:  # a server that asks nobody whether it may end
            await self._end("restarting")
            raise
        finally:
            watch.cancel()
            layer.unsubscribe(channel)
            await layer.group_discard(own, channel)

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._goes()

    def _goes(self) -> None:
        self.has_ended = True
        self.frames.put_nowait({"type": "websocket.disconnect"})

    # What comes from the page

    def on_event(self, event: dict) -> None:
        """A picture was asked for: the first one says hello."""
        frame = {"type": "shown", "cursor": event["cursor"]}
        if not self.has_said_hello:
            # Whatever release its frames came from, what it confirms was drawn here, by this
            # process.
            frame = {
                "type": "hello",
                "window": self.page.window,
                "cursor": self.page.cursor,
                "version": PAGE_VERSION,
            }
        self.has_said_hello = True
        self.frames.put_nowait({"type": "websocket.receive", "text": json.dumps(frame)})

    # What goes to it

    async def send(self, event: dict) -> None:
        """What a socket would be sent."""
        if event["type"] == "websocket.close":
            return await self._end(ENDINGS.get(event["code"], "failed"))
        await self._write(event["text"], more=not self.page.emptied)
        if self.page.emptied:
            self._goes()

    async def _begin(self) -> None:
        await _start(self.http, 200)
        await self._write(self.page.begins(self.why if self.why in WHYS else ""))

    async def _end(self, reason: str) -> None:
        await self._write(self.page.ends(reason), more=False)
        self._goes()

    async def _write(self, html: str, *, more: bool = True) -> None:
        if not self.has_ended:
            await self.http(
                {"type": "http.response.body", "body": html.encode(), "more_body": more}
            )
