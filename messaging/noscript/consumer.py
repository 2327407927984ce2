"""The consumer that serves a page without JavaScript as if it were a window's socket.

The response continues while the page is open. Each part ends with an image. The request for the
first image replaces the page's hello, and requests for later images confirm what the page shows.
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
from messaging.noscript.framing import FRAMED_HEADERS, refusal_page
from messaging.noscript.renderer import AppendOnlyRenderer
from messaging.rendering.page_version import PAGE_VERSION

RELOAD_REASONS = {"unsent", "cleared", "renewed"}
END_REASONS = {
    SIGNED_OUT: "signed-out",
    # Only the browser with the new key may continue: the old key may have been stolen.
    RENEWED: "renewed",
    SILENT: "silent",
    REPLACED: "crowded",
    FULL: "full",
    RESTARTING: "restarting",
}
# Proxies must forward each part immediately.
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
    **FRAMED_HEADERS,
}


def group(key: str, load: str) -> str:
    """Return the group name of one page. It is a hash of the session key, which other browsers do
    not have and which must not reach a channel layer.
    """
    return f"stream.{hashlib.sha256(f'{key} {load}'.encode()).hexdigest()[:32]}"


async def answer(send: Send, status: int, html: str) -> None:
    """Send a complete page."""
    await _start(send, status)
    await send({"type": "http.response.body", "body": html.encode()})


async def _start(send: Send, status: int) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})


class StreamConsumer:
    """Turn image requests into frames for a window, and its frames into parts of the response."""

    def __init__(
        self, session: AuthenticatedSession, address: str, asked: dict[str, str], send: Send
    ) -> None:
        self.http, self.why = send, asked.get("why", "")
        # A cursor is valid only with its window.
        window, cursor = asked.get("window", ""), asked.get("cursor", "")
        self.page = AppendOnlyRenderer(
            window or secrets.token_urlsafe(12), cursor if window else ""
        )
        self.window = WindowConsumer(session, address, self.send, self.page)
        self.frames: asyncio.Queue[dict] = asyncio.Queue()
        self.has_said_hello = self.has_ended = False

    async def live(self, receive: Receive) -> None:
        """Serve the page until the browser disconnects or the window closes."""
        layer = get_channel_layer()
        channel, own = await layer.new_channel(), group(self.window.session.key, self.page.load)
        layer.subscribe(channel, self.on_event)
        watch = asyncio.create_task(self._watch(receive))
        try:
            await layer.group_add(own, channel)
            await self._begin()
            await self.window.live(self.frames.get)
        except StateUnavailable:
            await answer(self.http, 503, refusal_page("failed"))
        except asyncio.CancelledError:  # the server stops without a shutdown
            await self._end("restarting")
            raise
        finally:
            watch.cancel()
            layer.unsubscribe(channel)
            await layer.group_discard(own, channel)

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._disconnect()

    def _disconnect(self) -> None:
        self.has_ended = True
        self.frames.put_nowait({"type": "websocket.disconnect"})

    def on_event(self, event: dict) -> None:
        """Handle a request for an image."""
        frame = {"type": "shown", "cursor": event["cursor"]}
        if not self.has_said_hello:
            # This process renders the page, so its version is the current one.
            frame = {
                "type": "hello",
                "window": self.page.window,
                "cursor": self.page.cursor,
                "version": PAGE_VERSION,
            }
        self.has_said_hello = True
        self.frames.put_nowait({"type": "websocket.receive", "text": json.dumps(frame)})

    async def send(self, event: dict) -> None:
        """Handle an event that would be sent to a socket."""
        if event["type"] == "websocket.close":
            return await self._end(END_REASONS.get(event["code"], "failed"))
        await self._write(event["text"], more=not self.page.emptied)
        if self.page.emptied:
            self._disconnect()

    async def _begin(self) -> None:
        await _start(self.http, 200)
        await self._write(self.page.start(self.why if self.why in RELOAD_REASONS else ""))

    async def _end(self, reason: str) -> None:
        await self._write(self.page.end(reason), more=False)
        self._disconnect()

    async def _write(self, html: str, *, more: bool = True) -> None:
        if not self.has_ended:
            await self.http(
                {"type": "http.response.body", "body": html.encode(), "more_body": more}
            )
