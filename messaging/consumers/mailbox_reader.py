"""Fetch new entries from the mailbox, and render them for one page."""

from messaging.backends import mailbox
from messaging.consumers.client_state import ClientState
from messaging.consumers.flow_control import FRAME_FULL, byte_size
from messaging.delivery import events
from messaging.domain.events import Draft
from messaging.domain.mailbox_results import Entry
from messaging.people import visibility
from messaging.rendering.renderer import Renderer


class MailboxReader:
    """Read an inbox. `number` is that of the last entry that was sent to the page."""

    __slots__ = ("epoch", "number", "page", "renderer")

    def __init__(self, page: ClientState, renderer: Renderer) -> None:
        self.page, self.renderer = page, renderer
        self.epoch, self.number = "", 0

    @property
    def position(self) -> str:
        return f"{self.epoch}.{self.number}"

    async def read(self, size: int) -> tuple[list[str], bool]:
        """Return the HTML of new entries that fit into a frame which already holds `size` bytes,
        and whether more entries may follow. Raise StateUnavailable.
        """
        page, epoch = self.page, self.epoch
        start, entries = await mailbox.fetch(page.person.id, self.number, epoch)
        if page.blocks:
            entries = await self._withhold(entries)
        if epoch != self.epoch:  # the inbox was lost and replaced meanwhile
            return [], True
        html = []
        if start > self.number:  # entries expired because the page was slow
            html = [self.renderer.gap(page.panes, is_restart=False, seconds=0)]
        self.number = start
        for entry in entries:
            if size > FRAME_FULL:
                break
            html.append(self._render(entry))
            size += byte_size(html[-1])
            self.number = entry.number
        return html, size > FRAME_FULL // 4  # Redis returns about one frame at a time

    async def _withhold(self, entries: list[Entry]) -> list[Entry]:
        """Refuse and empty messages that another process accepted before it knew of a block."""
        page = self.page

        def is_withheld(draft: Draft) -> bool:
            return draft.incoming is not None and draft.by in page.blocks

        drafts = [entry.draft for entry in entries if is_withheld(entry.draft)]
        for conversation in {draft.conversation for draft in drafts}:
            await events.conversation_severed(conversation)
        return [
            entry._replace(draft=entry.draft.emptied()) if is_withheld(entry.draft) else entry
            for entry in entries
        ]

    def _render(self, entry: Entry) -> str:
        """Return the HTML of an entry, preceded by a new pane if the page has none for it."""
        page, draft = self.page, entry.draft
        html = self.renderer.mail(draft, page.language)
        if draft.message and draft.message.is_original:
            peer = draft.conversation.other(draft.owner)
            if peer.id not in page.panes:
                page.add_pane(peer)
                appearance = visibility.status(peer.id, page.blocks)
                html = self.renderer.pane_opened(peer, **appearance) + html
        return html
