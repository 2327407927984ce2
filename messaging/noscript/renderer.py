"""Render a transcript without JavaScript, to which HTML can only be added.

Nothing on such a page can be changed or removed. Where something has to go, the page is emptied: it
ends with a tag that makes the browser reload it, and continues from its cursor.
"""

import secrets
from collections.abc import Callable
from urllib.parse import urlencode

from django.template.loader import get_template
from django.utils.translation import gettext

from messaging.domain.events import Draft, Event
from messaging.domain.messages import Refused
from messaging.rendering.compiled import draw
from messaging.rendering.renderer import Renderer, values_of

# Served beside Django (messaging.noscript.streams)
TRANSCRIPT, SHOWN = "/plain/transcript/", "/plain/shown/"
MOST = 5_000  # messages that a page is known to show


class AppendOnlyRenderer(Renderer):
    """The renderer of one page while it is loaded. `load` names this load, `window` the window that
    survives reloads, and `cursor` says how far it has shown its mailbox.
    """

    def __init__(self, window: str, cursor: str) -> None:
        self.window, self.cursor, self.load = window, cursor, secrets.token_urlsafe(12)
        self.shown: dict[str, int] = {}  # the peer of each message by its key, the oldest first
        self.has_forgotten = False  # messages that it shows
        self.progress: Event | None = None  # of a clearing
        self.is_connected = False
        self.emptied = ""  # why the page must be reloaded
        self.parts = 0
        self.last: tuple[int, bool] | None = None  # the peer of the last message, and is_mine

    def begins(self, why: str) -> str:
        """Return the head of the page; `why` says for what the page before it was emptied."""
        return _render("begins", why=why, **self._links())

    def ends(self, reason: str) -> str:
        if reason == "renewed":
            self.emptied = reason
        return _render("ends", reason=reason, **self._links())

    def mail(self, draft: Draft, language: str = "") -> str:
        render = None if self.emptied else EVENTS.get(draft.event.name)
        return render(self, draft) if render else ""

    def cursor_moved(self, cursor: str, language: str = "") -> str:
        """Return an image for this cursor, which the browser requests once it has come so far."""
        if self.emptied:
            return self.ends("emptied")
        self.cursor = cursor
        self.parts += 1
        return _render("_heard", **self._links())

    def heartbeat(self) -> str:
        """Say once that the page is connected; later only let the next image follow."""
        is_first, self.is_connected = not self.is_connected, True
        return _draw("connected", {}) if is_first else "\n"

    def gap(self, conversation_ids: object, *, is_restart: bool, seconds: int) -> str:
        return _draw("gap", {})

    def notice(self, text: str) -> str:
        return _draw("notice", {"text": text})

    def appearance(self, *, is_hidden: bool) -> str:
        return self.notice(gettext("You appear offline to others.")) if is_hidden else ""

    def refused(self, refusal: Refused) -> str:
        return self.notice(refusal.reason)

    # What waits in a mailbox

    def message_posted(self, draft: Draft) -> str:
        values, peer = values_of(draft), draft.conversation.other(draft.owner)
        is_mine = draft.incoming is None
        is_first = self.last != (peer.id, is_mine)
        self.last = peer.id, is_mine
        self.shown[values["key"]] = peer.id
        if len(self.shown) > MOST:
            del self.shown[next(iter(self.shown))]
            self.has_forgotten = True
        return _draw("message_posted", values, is_mine=is_mine, is_first=is_first)

    def note(self, draft: Draft) -> str:
        """Return a line that leads to the message that the event is about, if it is here."""
        name, _, shape = draft.event
        values, reaction = values_of(draft), draft.message.reaction if draft.message else ""
        # No message has the key of a reaction, which is all that is known of one that was removed.
        if values["message_id" if reaction else "key"] not in self.shown:
            return ""
        is_mine = draft.incoming is None
        shape = {"state": "unreachable", "is_mine": is_mine, "reaction": reaction, **shape}
        return _draw(name if draft.message else "fate", values, **shape)

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
        """Return the progress of a clearing; its last event is sent twice."""
        is_new, self.progress = self.progress != draft.event, draft.event
        return _render("clearing_went_on", **draft.event.shape) if is_new else ""

    def _links(self) -> dict[str, str]:
        """Return the address of the image, and the one at which the page continues."""
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
    # Not shown: what became of edits and reactions, since such a page sends none, and the rest.
    **dict.fromkeys(("edit_delivered", "edit_expired", "edit_unreachable")),
    **dict.fromkeys(("reaction_expired", "reaction_unreachable")),
    **dict.fromkeys(("conversation_read", "notes_left_out")),
}


def _render(name: str, **context: object) -> str:
    return get_template(f"messaging/noscript/{name}.html").render(context)


def _draw(name: str, values: dict[str, str], **shape: object) -> str:
    return draw(f"messaging/noscript/{name}.html", values, "", **shape)
