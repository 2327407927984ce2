"""Send frames to one page, no faster than it confirms them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

from messaging.backends import mailbox
from messaging.consumers.client_state import ClientState
from messaging.consumers.flow_control import FlowControl, tells_nobody
from messaging.delivery import events
from messaging.delivery.counters import counts
from messaging.domain.mailbox_results import Entry
from messaging.domain.messages import StateUnavailable
from messaging.domain.sizes import AROUND_OUT, MAX_ENTRY, MAX_FRAME_OUT
from messaging.people import visibility
from messaging.rendering.renderer import Renderer

# Bytes
FRAME = MAX_FRAME_OUT - AROUND_OUT  # of fragments and entries; the rest is for the cursor
FULL = FRAME - MAX_ENTRY  # above this, the largest entry might not fit any more

Send = Callable[[dict], Awaitable[None]]


class OutboundQueue:
    """Send the entries of a mailbox, and fragments that may be dropped.

    `mail_waiting`, `beat` and `add` return at once. One writer sends everything, so what arrives
    while the socket is slow is joined into the next frame. `fail` is called with the error if
    writing fails, or with None if the page confirms nothing for too long.
    """

    __slots__ = (
        "epoch",
        "fail",
        "flow",
        "fragments",
        "has_beat",
        "has_mail",
        "has_missed",
        "is_held",
        "is_stopped",
        "page",
        "renderer",
        "send",
        "sent",
        "waiting",
        "writer",
    )

    def __init__(
        self,
        page: ClientState,
        send: Send,
        fail: Callable[[Exception | None], None],
        renderer: Renderer,
    ) -> None:
        self.page, self.send, self.fail, self.renderer = page, send, fail, renderer
        self.flow = FlowControl(fail)
        self.epoch, self.sent = "", 0  # of the inbox, and the number of the last entry sent
        self.fragments: list[str] = []
        self.waiting = 0  # bytes of them
        self.has_mail = self.has_beat = self.has_missed = self.is_held = self.is_stopped = False
        self.writer: asyncio.Task | Literal[True] | None = None

    # Adding

    def mail_waiting(self) -> None:
        """Fetch new entries from the mailbox."""
        self.has_mail = True
        self._wake()

    def beat(self) -> None:
        """Send a heartbeat, with entries whose notification may have been lost."""
        self.has_beat = True
        self.mail_waiting()

    def add(self, html: str) -> None:
        """Send HTML that may be dropped. A page that is far behind gets an overview later."""
        if self._has_room(size := _size(html)):
            self._put(html, size)
        else:
            self.has_missed = True
            counts.passed_over += 1

    def answer(self, html: str) -> None:
        """Send HTML that the page waits for. A page that is too far behind must reconnect."""
        if self._has_room(size := _size(html)):
            self._put(html, size)
        else:
            self.fail(None)

    def overview(self) -> str:
        """Return the current state, for a page that has missed updates."""
        page = self.page
        changes, blocked = visibility.current_presence(page.open_peers(), page.blocks)
        return self.renderer.overview(changes, blocked, is_hidden=page.is_hidden)

    def confirmed(self, cursor: str) -> None:
        """Count everything up to this cursor as shown. Its last part is a receipt."""
        if self.flow.confirmed(cursor.rpartition(".")[2]) and (self.has_mail or self.has_missed):
            self._wake()

    def stop(self) -> None:
        """Stop writing, without a call of `fail`."""
        self.is_stopped = True
        # Without references in a circle, the window is freed before the garbage collector runs.
        self.fail = tells_nobody
        self.flow.stop()
        if isinstance(self.writer, asyncio.Task):
            self.writer.cancel()
            self.writer = None  # a task that never started would keep this in memory

    # Writing

    async def flush(self) -> None:
        """Write at once, unless a writer is running already."""
        self.is_held = False
        if not self.writer and (self.has_mail or self.fragments or self.has_missed):
            self.writer = True
            await self._write()

    def _put(self, html: str, size: int) -> None:
        self.fragments.append(html)
        self.waiting += size
        self._wake()

    def _wake(self) -> None:
        if not (self.writer or self.is_held or self.is_stopped):
            self.writer = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        try:
            # Checked each time, because a notification may arrive during a fetch that misses it.
            while self._has_something():
                if html := await self._next():
                    self.flow.sent(_size(html))
                    await self.send({"type": "websocket.send", "text": html})
        except Exception as error:  # noqa: BLE001 - the server would log it with everything that it was about
            self.fail(error)
        finally:
            self.writer = None

    def _has_something(self) -> bool:
        is_open = not self.is_stopped and self.flow.has_credit()
        return is_open and bool(self.has_mail or self.has_missed or self.fragments)

    async def _next(self) -> str:
        if self.has_missed:
            self.has_missed = False
            overview = self.overview()
            self._put(overview, _size(overview))
        html = self._joined()
        if self._needs_cursor(html):
            self.has_mail = self.has_beat = True
        if not self.has_mail or self.fragments:  # entries follow the last fragment
            return html
        return html + await self._mail(_size(html))

    def _joined(self) -> str:
        """Remove and return as many fragments as a frame holds."""
        count = size = 0
        while count < len(self.fragments) and size <= FULL:
            size += _size(self.fragments[count])
            count += 1
        html = "".join(self.fragments[:count])
        del self.fragments[:count]
        self.waiting -= size
        return html

    def _needs_cursor(self, html: str) -> bool:
        """Return whether to add a cursor, which fragments lack, so that the page confirms."""
        return bool(html and self.page.window) and self.flow.needs_confirmation(len(html))

    async def _mail(self, size: int) -> str:
        """Return new entries, as many as fit into a frame of this `size`, and the cursor."""
        page, html = self.page, self.renderer.heartbeat() if self.has_beat else ""
        self.has_mail = self.has_beat = False
        epoch = self.epoch
        try:
            start, entries = await mailbox.fetch(page.person.id, self.sent, epoch)
            if page.blocks:
                entries = await self._withhold(entries)
        except StateUnavailable:  # the next notification or heartbeat tries again
            return html
        if epoch != self.epoch:  # the inbox was lost meanwhile, and replaced by another one
            self.has_mail = True
            return html
        if start > self.sent:  # the page was so slow that entries have expired
            html += self.renderer.gap(page.open_peers(), is_restart=False, seconds=0)
        self.sent = start
        if not (entries or html):
            return ""
        return "".join([html, *self._drawn(entries, size), self._cursor()])

    async def _withhold(self, entries: list[Entry]) -> list[Entry]:
        """Refuse and empty what another process accepted before it knew of a block."""
        page = self.page
        for peer_id in {
            entry.draft.peer.id for entry in entries if entry.draft.incoming
        } & page.blocks.people:
            await events.conversation_severed(page.person.id, peer_id)
        return [
            entry._replace(draft=entry.draft.emptied())
            if entry.draft.incoming and entry.draft.peer.id in page.blocks
            else entry
            for entry in entries
        ]

    def _cursor(self) -> str:
        return self.renderer.cursor_moved(
            f"{self.epoch}.{self.sent}.{self.flow.new_receipt()}", self.page.language
        )

    def _drawn(self, entries: list[Entry], size: int) -> list[str]:
        """Return as many as the frame holds, each after the pane that the page may lack."""
        page, parts = self.page, []
        for entry in entries:
            if size > FULL:
                break
            draft = entry.draft
            html = self.renderer.mail(draft, page.language)
            if draft.message and draft.message.is_original and draft.peer.id not in page.panes:
                page.add_pane(draft.peer)
                appearance = visibility.status(draft.peer.id, page.blocks)
                html = self.renderer.pane_opened(draft.peer, **appearance) + html
            parts.append(html)
            size += _size(html)
            self.sent = entry.number
        if size > FULL // 4:  # Redis returns about a frame at a time
            self.has_mail = True
        return parts

    def _has_room(self, size: int) -> bool:
        return size <= FRAME and self.waiting < FRAME and self.flow.has_credit()


def _size(html: str) -> int:
    """Return the size in bytes."""
    return len(html) if html.isascii() else len(html.encode())
