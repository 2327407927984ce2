"""What goes to one page: a frame at a time, and no more than the page keeps up with."""

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
FRAME = (
    MAX_FRAME_OUT - AROUND_OUT
)  # of fragments and mail; the rest of a frame is for the cursor and what goes with it
FULL = (
    FRAME - MAX_ENTRY
)  # of a frame to which nothing is added any more: the largest entry might not fit

Send = Callable[[dict], Awaitable[None]]


class OutboundQueue:
    """Forwards what waits in the mailbox, and fragments that may pass unseen.

    Whoever has something for the page says so (`ring`, `beat`, `add`) and goes on; one writer takes
    it all along, so that what comes while the socket is behind is joined into the next frame.
    `fail` is called with what went wrong when the page cannot be written to, or with None when it
    has confirmed nothing for too long.
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
        self.epoch, self.sent = "", 0  # the page's box, and the last entry that it has been sent
        self.fragments: list[str] = []
        self.waiting = 0  # bytes of them
        self.has_mail = self.has_beat = self.has_missed = self.is_held = self.is_stopped = False
        self.writer: asyncio.Task | Literal[True] | None = None

    # Something is there

    def mail_waiting(self) -> None:
        """Something waits in the mailbox."""
        self.has_mail = True
        self._wake()

    def beat(self) -> None:
        """It is time to show that the server is there, and to take along what a lost ring may have
        left behind.
        """
        self.has_beat = True
        self.mail_waiting()

    def add(self, html: str) -> None:
        """HTML that may pass unseen; a page that is far behind is told afterwards how things
        stand.
        """
        if self._has_room(size := _size(html)):
            self._put(html, size)
        else:
            self.has_missed = True
            counts.passed_over += 1

    def answer(self, html: str) -> None:
        """HTML that the page waits for. One that is too far behind to take it has to come back, and
        asks again.
        """
        if self._has_room(size := _size(html)):
            self._put(html, size)
        else:
            self.fail(None)

    def overview(self) -> str:
        """How things stand, for a page that cannot know."""
        page = self.page
        changes, blocked = visibility.current_presence(page.open_peers(), page.blocks)
        return self.renderer.overview(changes, blocked, is_hidden=page.is_hidden)

    def confirmed(self, cursor: str) -> None:
        """The page has shown what came with this cursor, and what it was sent before. Its last part
        is a receipt.
        """
        if self.flow.confirmed(cursor.rpartition(".")[2]) and (self.has_mail or self.has_missed):
            self._wake()

    def stop(self) -> None:
        """Nothing more is written, and nobody is told of it."""
        self.is_stopped = True
        # A window that nothing holds any more goes at once, not when garbage is looked for.
        self.fail = tells_nobody
        self.flow.stop()
        if isinstance(self.writer, asyncio.Task):
            self.writer.cancel()
            self.writer = None  # one that had not begun would hold this for ever

    # Writing

    async def flush(self) -> None:
        """Writes what there is at once, unless somebody is writing, who will take it along."""
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
            # Asked anew each time: a ring may come while the mailbox is looked into, and find
            # nothing there yet.
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
        if self._needs_word(html):
            self.has_mail = self.has_beat = True
        if not self.has_mail or self.fragments:  # mail goes behind them
            return html
        return html + await self._mail(_size(html))

    def _joined(self) -> str:
        """Fragments, which stand for themselves: all that there are, or as many as a frame
        holds.
        """
        count = size = 0
        while count < len(self.fragments) and size <= FULL:
            size += _size(self.fragments[count])
            count += 1
        html = "".join(self.fragments[:count])
        del self.fragments[:count]
        self.waiting -= size
        return html

    def _needs_word(self, html: str) -> bool:
        """Fragments bring no cursor: a page that has been sent many is asked to confirm that it is
        still there.
        """
        return bool(html and self.page.window) and self.flow.needs_word(len(html))

    async def _mail(self, size: int) -> str:
        """What the mailbox holds and the page has not been sent, as much as a frame holds that is
        of this `size` already; with the cursor that the page confirms.
        """
        page, html = self.page, self.renderer.heartbeat() if self.has_beat else ""
        self.has_mail = self.has_beat = False
        epoch = self.epoch
        try:
            start, entries = await mailbox.fetch(page.person.id, self.sent, epoch)
            if page.blocks:
                entries = await self._withhold(entries)
        except StateUnavailable:  # what waits there is taken along by the next ring or beat
            return html
        if epoch != self.epoch:  # the box was lost meanwhile, and the page goes on in another one
            self.has_mail = True
            return html
        if start > self.sent:  # it took so little for so long that some of it is gone
            html += self.renderer.gap(page.open_peers(), is_restart=False, seconds=0)
        self.sent = start
        if not (entries or html):
            return ""
        return "".join([html, *self._drawn(entries, size), self._cursor()])

    async def _withhold(self, entries: list[Entry]) -> list[Entry]:
        """What was taken by a process that had not heard of a block yet ends here: it is refused
        before the page could confirm it, and its number goes by with nothing in it.
        """
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
        """As many as the frame holds, each behind the pane that the page may lack."""
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
        if size > FULL // 4:  # a mailbox across a wire gives about a frame at a time
            self.has_mail = True
        return parts

    def _has_room(self, size: int) -> bool:
        return size <= FRAME and self.waiting < FRAME and self.flow.has_credit()


def _size(html: str) -> int:
    """Bytes on the wire."""
    return len(html) if html.isascii() else len(html.encode())
