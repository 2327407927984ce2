"""Render a transcript without JavaScript, where HTML can only be appended. To remove something,
end the page with a tag that makes the browser load an empty one, which goes on from the cursor.
"""

import secrets
from collections.abc import Callable
from urllib.parse import urlencode

from django.template.loader import get_template
from django.utils.translation import gettext

from messaging.domain.events import Draft, Event
from messaging.domain.messages import Refused
from messaging.rendering.compiled import draw
from messaging.rendering.files import file_shape
from messaging.rendering.renderer import Renderer, values_of

# Not served by Django (messaging.noscript.streams)
TRANSCRIPT, SHOWN = "/plain/transcript/", "/plain/shown/"
MAX_SHOWN = 5_000  # messages that are remembered as shown


class AppendOnlyRenderer(Renderer):
    """The renderer of one page load. `load` identifies this load, `window` identifies the window
    across reloads, and `cursor` is the window's position in its mailbox.
    """

    def __init__(self, window: str, cursor: str) -> None:
        self.window, self.cursor, self.load = window, cursor, secrets.token_urlsafe(12)
        self.shown: dict[str, int] = {}  # message keys to peer IDs, the oldest first
        self.has_forgotten = False  # whether `shown` lacks older messages
        self.progress: Event | None = None  # the last event of a clearing
        self.is_connected = False
        self.emptied = ""  # why the page must be reloaded
        self.parts = 0
        self.last: tuple[int, bool] | None = None  # peer ID and is_mine of the last message

    def start(self, why: str) -> str:
        """Return the head of the page. `why` is the reason why the previous page was emptied."""
        return _render("stream_start", why=why, **self._links())

    def end(self, reason: str) -> str:
        if reason == "renewed":
            self.emptied = reason
        return _render("stream_end", reason=reason, **self._links())

    def mail(self, draft: Draft, language: str = "") -> str:
        render = None if self.emptied else EVENTS.get(draft.event.name)
        return render(self, draft) if render else ""

    def cursor_moved(self, cursor: str, language: str = "") -> str:
        """Return an image for this cursor. The browser requests it when it renders this part."""
        if self.emptied:
            return self.end("emptied")
        self.cursor = cursor
        self.parts += 1
        return _render("_part_end", **self._links())

    def heartbeat(self) -> str:
        """Say once that the page is connected. After that, return only a line break."""
        is_first, self.is_connected = not self.is_connected, True
        return _draw("connected", {}) if is_first else "\n"

    def gap(self, conversation_ids: object, *, is_restart: bool, seconds: int) -> str:
        return _draw("gap", {})

    def notice(self, text: str) -> str:
        return _draw("notice", {"text": text})

    def appearance(self, *, is_hidden: bool, hides_typing: bool) -> str:
        return self.notice(gettext("You appear offline to others.")) if is_hidden else ""

    def refused(self, refusal: Refused) -> str:
        return self.notice(refusal.reason)

    # Mailbox entries

    def message_posted(self, draft: Draft) -> str:
        values, peer = values_of(draft), draft.conversation.other(draft.owner)
        is_mine = draft.incoming is None
        is_first = self.last != (peer.id, is_mine)
        self.last = peer.id, is_mine
        self.shown[values["key"]] = peer.id
        if len(self.shown) > MAX_SHOWN:
            del self.shown[next(iter(self.shown))]
            self.has_forgotten = True
        file = file_shape(draft.message) if draft.message else {}
        return _draw("message_posted", values, is_mine=is_mine, is_first=is_first, **file)

    def note(self, draft: Draft) -> str:
        """Return a line that links to the message of the event, if this page shows it."""
        name, _, shape = draft.event
        values = values_of(draft)
        # A removed reaction has only its own key, which no message has.
        if values["message_id" if values.get("reaction") else "key"] not in self.shown:
            return ""
        is_mine = draft.incoming is None
        shape = {"state": "unreachable", "is_mine": is_mine, **shape}
        return _draw(name if draft.message else "message_state", values, **shape)

    def message_unsent(self, draft: Draft) -> str:
        if self.has_forgotten or draft.event.words["key"] in self.shown:
            self.emptied = "unsent"
        return ""

    def conversation_cleared(self, draft: Draft) -> str:
        if draft.conversation.other(draft.owner).id not in self.shown.values():
            is_mine = bool(draft.event.shape["is_mine"])
            return _draw("conversation_cleared", values_of(draft), is_mine=is_mine)
        self.emptied = "cleared"
        return ""

    def clearing_went_on(self, draft: Draft) -> str:
        """Return the progress of a clearing. Skip its last event the second time it is sent."""
        is_new, self.progress = self.progress != draft.event, draft.event
        return _render("clearing_went_on", **draft.event.shape) if is_new else ""

    def _links(self) -> dict[str, str]:
        """Return the URL of the next image, and the URL at which the page continues."""
        picture = {"load": self.load, "cursor": self.cursor, "part": self.parts}
        again = {"window": self.window, "cursor": self.cursor, "why": self.emptied}
        return {
            "picture": f"{SHOWN}?{urlencode(picture)}",
            "again": f"{TRANSCRIPT}?{urlencode(again)}",
        }


EVENTS: dict[str, Callable[[AppendOnlyRenderer, Draft], str] | None] = {
    "message_posted": AppendOnlyRenderer.message_posted,
    "message_edited": AppendOnlyRenderer.note,
    "message_reacted": AppendOnlyRenderer.note,
    "message_delivered": AppendOnlyRenderer.note,
    "message_expired": AppendOnlyRenderer.note,
    "message_unreachable": AppendOnlyRenderer.note,
    "message_unsent": AppendOnlyRenderer.message_unsent,
    "conversation_cleared": AppendOnlyRenderer.conversation_cleared,
    "clearing_went_on": AppendOnlyRenderer.clearing_went_on,
    # Fragments that are not shown. The page sends no edits, reactions or files.
    **dict.fromkeys(("edit_delivered", "edit_expired", "edit_unreachable")),
    **dict.fromkeys(("reaction_expired", "reaction_unreachable")),
    **dict.fromkeys(("conversation_read", "notes_left_out", "file_received", "file_declined")),
}


def _render(name: str, **context: object) -> str:
    return get_template(f"messaging/noscript/{name}.html").render(context)


def _draw(name: str, values: dict[str, str], **shape: object) -> str:
    return draw(f"messaging/noscript/{name}.html", values, "", **shape)
