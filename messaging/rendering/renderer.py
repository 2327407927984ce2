"""The base class of renderers, one for each kind of page, and the values that they share."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

from messaging.domain.conversations import Person
from messaging.domain.events import Draft
from messaging.domain.messages import Refused
from messaging.domain.presence import Changes
from messaging.rendering.files import file_values
from messaging.rendering.text import render_name, render_text


class Renderer(Protocol):
    """Render HTML for one kind of page. By default, methods return "", so the page shows nothing.

    The default `language` is the active one.
    """

    def mail(self, draft: Draft, language: str = "") -> str:
        """Render a mailbox entry for the mailbox's owner."""
        return ""

    def cursor_moved(self, cursor: str, language: str = "") -> str:
        """Render the cursor that the page is to confirm."""
        return ""

    def heartbeat(self) -> str:
        return ""

    def typing(self, peer: Person, language: str = "") -> str:
        return ""

    def file_wanted(self, message: str, token: str, size: str, digest: str) -> str:
        """Render a request to send the file of the message with this key."""
        return ""

    def presence(self, changes: Changes, blocked: Iterable[Person] = ()) -> str:
        return ""

    def appearance(self, *, is_hidden: bool, hides_typing: bool) -> str:
        """Render whether the owner of the page appears offline, and hides typing."""
        return ""

    def overview(self, changes: Changes, blocked: Iterable[Person], **appearance: bool) -> str:
        """Render the current state, for a page that may have missed updates."""
        return ""

    def gap(self, conversation_ids: Iterable[int], *, is_restart: bool, seconds: int) -> str:
        """Render a notice of missing messages in each of these conversations."""
        return ""

    def away_for_longer(self, seconds: int) -> str:
        """Render a correction for a page that assumes a shorter absence."""
        return ""

    def pane_opened(self, peer: Person, *, is_online: bool, is_blocked: bool) -> str:
        return ""

    def refused(self, refusal: Refused) -> str:
        """Render the reason next to the element that it concerns."""
        return ""

    def resync(self) -> str:
        """Ask the page to resend everything unconfirmed."""
        return ""

    def notice(self, text: str) -> str:
        return ""

    # Before the socket is closed

    def logged_out(self) -> str:
        """Redirect the page to the log-in page."""
        return ""

    def outdated(self) -> str:
        """Ask for a reload. The page has another version or lacks an element that HTML is for."""
        return ""

    def too_many_windows(self) -> str:
        """Tell the oldest window that it closes because the person has opened too many."""
        return ""


def values_of(draft: Draft, language: str = "") -> dict[str, str]:
    """Return the values that templates show for an event, its conversation and its message."""
    conversation = draft.conversation
    values = {
        **draft.event.words,
        "conversation_id": conversation.id_for(draft.owner),
        "peer_name": conversation.other(draft.owner).display_name,
    }
    if message := draft.message:
        posted_at = message.posted_at.isoformat(timespec="seconds")
        values |= {
            "key": message.key,
            "message_id": message.id,
            "text": render_name(message.text) if message.file else _render_once(message.text),
            "reaction": message.reaction,
            "posted_at": posted_at,
            "clock": posted_at[11:16],
            "version": message.version,
        }
        if message.file:
            values |= file_values(message.file, language)
    return values


_rendered: dict[str, str] = {}


def _render_once(text: str) -> str:
    """Render a text once for all windows that show it in the same event loop iteration. Otherwise
    the time to render a costly text would reveal to its sender how many windows the recipient has.
    """
    if text in _rendered:
        return _rendered[text]
    html = render_text(text)
    with suppress(RuntimeError):  # without an event loop, nothing would clear the cache
        asyncio.get_running_loop().call_soon(_rendered.clear)
        _rendered[text] = html
    return html
