"""The voice for a page without JavaScript, which can only be added to: what `htmx` is for the
others.

Nothing that stands in such a page can be changed or taken out. Where something has to go, the page
is emptied: it ends with the words that make a browser load it anew, and goes on from where it was.
"""

import secrets
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.template.loader import get_template
from django.utils.translation import gettext

from messaging.domain.events import Draft, Event
from messaging.domain.messages import Refused
from messaging.rendering.compiled import draw
from messaging.rendering.links import still_linked

TRANSCRIPT, SHOWN = (
    "/plain/transcript/",
    "/plain/shown/",
)  # answered beside Django (messaging.noscript.streams)
MOST = 5_000  # messages that a page is known to show

# Headers: one of these pages holds the others in frames, and no other page holds any.
_POLICY = settings.SECURITY_HEADERS["Content-Security-Policy"]
HOLDING = {"Content-Security-Policy": f"{_POLICY}; frame-src 'self'"}
HELD = {
    "Content-Security-Policy": _POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    "X-Frame-Options": "SAMEORIGIN",
}


class Transcript:
    """One such page from its beginning to its end: the `window` that it is, the `cursor` up to
    which it has shown something, and a name for this one time that it is loaded.
    """

    def __init__(self, window: str, cursor: str) -> None:
        self.window, self.cursor, self.load = window, cursor, secrets.token_urlsafe(12)
        self.shown: dict[
            str, int
        ] = {}  # the messages, and with whom they were exchanged; the oldest first
        self.has_forgotten = False  # whether there were more
        self.progress: Event | None = None  # of a clearing
        self.is_connected = False
        self.emptied = ""  # why it has to be
        self.parts = 0
        self.last: tuple[int, bool] | None = (
            None  # with whom the last message was, and whether it was one's own
        )

    def begins(self, why: str) -> str:
        """`why` the page before it was emptied, if it was."""
        return _render("begins", {"why": why, **self._ways()})

    def ends(self, reason: str) -> str:
        if reason == "renewed":
            self.emptied = reason
        return _render("ends", {"reason": reason, **self._ways()})

    # What waited in a mailbox

    def mail(self, draft: Draft, _: str = "") -> str:
        if self.emptied or not draft.event.name:
            return ""
        return EVENTS[draft.event.name](self, draft)

    def message_posted(self, draft: Draft) -> str:
        message, peer = draft.message, draft.peer
        if message is None:
            return ""
        is_mine = draft.incoming is None
        is_first = self.last != (peer.id, is_mine)
        self.last = peer.id, is_mine
        self._remember(message.key, peer.id)
        words = {
            **draft.event.words,
            "text": still_linked(draft.event.words["text"]),
            **_peer(draft),
        }
        return _draw("message_posted", words, is_mine=is_mine, is_first=is_first)

    def message_edited(self, draft: Draft) -> str:
        """A line that leads to the message, with what it says now."""
        words = draft.event.words
        if words["key"] not in self.shown:
            return ""
        values = {**words, "text": still_linked(words["text"]), **_peer(draft)}
        return _draw("message_edited", values, is_mine=draft.incoming is None)

    def message_reacted(self, draft: Draft) -> str:
        """A line that leads to the message, with what one of the two feels about it."""
        words, reaction = draft.event.words, draft.event.shape["reaction"]
        if not reaction or words["about"] not in self.shown:
            return ""
        return _draw(
            "message_reacted",
            {**words, **_peer(draft)},
            is_mine=draft.incoming is None,
            reaction=reaction,
        )

    def fate(self, draft: Draft) -> str:
        """What became of a message of one's own: a line that leads to it."""
        _, words, shape = draft.event
        if words["key"] not in self.shown:
            return ""
        state = shape.get("state", "unreachable")
        return _draw("fate", {**words, **_peer(draft)}, state=state)

    def message_taken_back(self, draft: Draft) -> str:
        if self.has_forgotten or draft.event.words["key"] in self.shown:
            self.emptied = "taken-back"
        return ""

    def conversation_cleared(self, draft: Draft) -> str:
        if draft.peer.id in self.shown.values():
            self.emptied = "cleared"
            return ""
        return _draw(
            "conversation_cleared", _peer(draft), is_mine=bool(draft.event.shape["is_mine"])
        )

    def clearing_went_on(self, draft: Draft) -> str:
        """How far it has come, where that has changed: the last of it is told twice."""
        is_news, self.progress = self.progress != draft.event, draft.event
        return _render("clearing_went_on", dict(draft.event.shape)) if is_news else ""

    # Everything else

    def cursor_moved(self, cursor: str, _: str = "") -> str:
        """A picture that stands for this cursor: the browser asks for it when it has come so
        far.
        """
        if self.emptied:
            return self.ends("emptied")
        self.cursor = cursor
        self.parts += 1
        return _render("_heard", self._ways())

    def heartbeat(self) -> str:
        """The first one says that the picture was asked for; later ones bring the next picture, and
        nothing to see.
        """
        is_first, self.is_connected = not self.is_connected, True
        return _draw("connected", {}) if is_first else "\n"

    def gap(self, _: object, **__: object) -> str:
        return _draw("gap", {})

    def notice(self, text: str) -> str:
        return _draw("notice", {"text": text})

    def appearance(self, *, is_hidden: bool) -> str:
        return self.notice(gettext("You appear offline to others.")) if is_hidden else ""

    def nothing(self, *_: object, **__: object) -> str:
        """What a script would do something with has no place in such a page."""
        return ""

    def refused(self, refusal: Refused) -> str:
        return self.notice(refusal.reason)

    away_for_longer = let_go = offered_again = outdated = overview = pane_opened = nothing
    presence = presence_of = sent_away = typing = nothing

    def _remember(self, key: str, peer_id: int) -> None:
        self.shown[key] = peer_id
        if len(self.shown) > MOST:
            del self.shown[next(iter(self.shown))]
            self.has_forgotten = True

    def _ways(self) -> dict[str, object]:
        """Where the picture is, and where the page goes on from what it shows."""
        picture = {"load": self.load, "cursor": self.cursor, "part": self.parts}
        again = {"window": self.window, "cursor": self.cursor, "why": self.emptied}
        return {
            "picture": f"{SHOWN}?{urlencode(picture)}",
            "again": f"{TRANSCRIPT}?{urlencode(again)}",
        }


EVENTS: dict[str, Callable[[Transcript, Draft], str]] = {
    "message_posted": Transcript.message_posted,
    "message_edited": Transcript.message_edited,
    "edit_delivered": Transcript.nothing,  # the page that has sent it reads what became of it
    "edit_expired": Transcript.nothing,
    "edit_unreachable": Transcript.nothing,
    "message_reacted": Transcript.message_reacted,
    "reaction_expired": Transcript.nothing,
    "reaction_unreachable": Transcript.nothing,
    "message_delivered": Transcript.fate,
    "message_expired": Transcript.fate,
    "message_unreachable": Transcript.fate,
    "message_taken_back": Transcript.message_taken_back,
    "conversation_cleared": Transcript.conversation_cleared,
    "clearing_went_on": Transcript.clearing_went_on,
    "conversation_read": Transcript.nothing,
    "notes_left_out": Transcript.nothing,
}


def turned_away(reason: str, words: str = "") -> str:
    """A page of its own for whoever finds no transcript here."""
    return _render("turned_away", {"reason": reason, "words": words, "again": TRANSCRIPT})


def _peer(draft: Draft) -> dict[str, str]:
    return {"peer_id": str(draft.peer.id), "peer_name": draft.peer.called}


def _render(name: str, context: dict[str, object]) -> str:
    return get_template(f"messaging/plain/{name}.html").render(context)


def _draw(name: str, values: dict[str, str], **shape: object) -> str:
    return draw(f"messaging/plain/{name}.html", values, "", **shape)
