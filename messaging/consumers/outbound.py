"""Send frames to a page, no faster than it confirms them."""

import asyncio
from collections.abc import Awaitable, Callable

from messaging.consumers.client_state import ClientState
from messaging.consumers.flow_control import FRAME, FRAME_FULL, Fail, FlowControl, byte_size
from messaging.consumers.mailbox_reader import MailboxReader
from messaging.delivery.counters import counts
from messaging.domain.messages import StateUnavailable
from messaging.rendering.renderer import Renderer

Send = Callable[[dict], Awaitable[None]]


class OutboundQueue:
    """The queue of output to a page: mailbox entries, and other HTML (fragments).

    One writer sends everything. Output that arrives while the socket is slow is joined into the
    next frame. `fail` is called with the error if writing fails, or with None if the page confirms
    too little.
    """

    __slots__ = (
        "flow",
        "fragments",
        "has_mail",
        "has_missed",
        "is_held",
        "is_stopped",
        "mail",
        "page",
        "renderer",
        "send",
        "waiting",
        "writer",
    )

    def __init__(self, page: ClientState, send: Send, fail: Fail, renderer: Renderer) -> None:
        self.page, self.send, self.renderer = page, send, renderer
        self.flow = FlowControl(fail)
        self.mail = MailboxReader(page, renderer)
        self.fragments: list[str] = []
        self.waiting = 0  # bytes of fragments
        self.has_mail = self.has_missed = self.is_held = self.is_stopped = False
        self.writer: asyncio.Task | bool = False  # True while `flush` writes

    def mail_waiting(self) -> None:
        """Fetch new entries from the mailbox."""
        self.has_mail = True
        self._wake()

    def beat(self) -> None:
        """Send a heartbeat, and entries whose notification may have been lost."""
        if self.flow.has_credit():
            self.add(self.renderer.heartbeat())
        self.mail_waiting()

    def add(self, html: str) -> None:
        """Send HTML that may be dropped. A page that is far behind gets an overview later."""
        if not self._put(html):
            self.has_missed = True
            counts.passed_over += 1

    def answer(self, html: str) -> None:
        """Send HTML that the page is waiting for. A page that is too far behind must reconnect."""
        if not self._put(html):
            self.flow.fail(None)

    def confirmed(self, cursor: str) -> None:
        """Count everything up to this cursor as shown. Its last part is a receipt."""
        if self.flow.confirmed(cursor.rpartition(".")[2]) and (self.has_mail or self.has_missed):
            self._wake()

    def stop(self) -> None:
        """Stop writing, and never call `fail` again."""
        self.is_stopped = True
        self.flow.stop()
        if isinstance(self.writer, asyncio.Task):
            self.writer.cancel()
            self.writer = False  # a task that never started would keep this in memory

    async def flush(self) -> None:
        """Write immediately, unless a writer is already running."""
        self.is_held = False
        if not self.writer and self._has_something():
            self.writer = True
            await self._write()

    def _put(self, html: str) -> bool:
        """Queue this HTML, or return False if there is no room for it."""
        size = byte_size(html)
        if size > FRAME or self.waiting >= FRAME or not self.flow.has_credit():
            return False
        self.fragments.append(html)
        self.waiting += size
        self._wake()
        return True

    def _wake(self) -> None:
        if not (self.writer or self.is_held or self.is_stopped):
            self.writer = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        try:
            # Check each time, because a fetch may miss an entry that arrives meanwhile.
            while self._has_something():
                if html := await self._next():
                    self.flow.sent(byte_size(html))
                    await self.send({"type": "websocket.send", "text": html})
        except Exception as error:  # noqa: BLE001 - the server would log it with private data
            self.flow.fail(error)
        finally:
            self.writer = False

    def _has_something(self) -> bool:
        has_something = self.has_mail or self.has_missed or self.fragments
        return bool(has_something) and not self.is_stopped and self.flow.has_credit()

    async def _next(self) -> str:
        if self.has_missed:
            self.has_missed = False
            self.fragments.append(self.page.overview(self.renderer))
            self.waiting += byte_size(self.fragments[-1])
        html = self._joined()
        if html and self.page.window and self.flow.needs_confirmation(len(html)):
            self.has_mail = True  # only a frame with a cursor is confirmed
        if not self.has_mail or self.fragments:  # entries follow the last fragment
            return html
        self.has_mail = False
        try:
            mail, has_more = await self.mail.read(byte_size(html))
        except StateUnavailable:  # retried at the next notification or heartbeat
            return html
        self.has_mail |= has_more
        if not (mail or html):
            return ""
        cursor = f"{self.mail.position}.{self.flow.new_receipt()}"
        return "".join([html, *mail, self.renderer.cursor_moved(cursor, self.page.language)])

    def _joined(self) -> str:
        """Remove and return as many fragments as fit into a frame."""
        count = size = 0
        while count < len(self.fragments) and size <= FRAME_FULL:
            size += byte_size(self.fragments[count])
            count += 1
        html = "".join(self.fragments[:count])
        del self.fragments[:count]
        self.waiting -= size
        return html
