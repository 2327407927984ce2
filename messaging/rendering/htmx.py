"""Render fragments for pages that use htmx."""

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.template.loader import get_template

from messaging.domain.conversations import Person
from messaging.domain.events import Draft
from messaging.domain.messages import Refused
from messaging.domain.presence import Changes
from messaging.rendering import avatars
from messaging.rendering.compiled import draw, draw_each, on_one_line
from messaging.rendering.files import file_shape
from messaging.rendering.renderer import Renderer, values_of

MAX_NEW_ROWS = 20  # people who arrive together; a page loads the rest with its roster


class HtmxRenderer(Renderer):
    def mail(self, draft: Draft, language: str = "") -> str:
        name, _, shape = draft.event
        if not name:
            return ""
        if draft.message:
            is_mine = draft.incoming is None
            shape = {"is_mine": is_mine, "state": "sending", **file_shape(draft.message)}
        return _draw(name, values_of(draft, language), language, **shape)

    def cursor_moved(self, cursor: str, language: str = "") -> str:
        return _draw("cursor_moved", {"cursor": cursor}, language)

    def heartbeat(self) -> str:
        return _draw("heartbeat", {})

    def typing(self, peer: Person, language: str = "") -> str:
        values = {"conversation_id": str(peer.id), "peer_name": peer.display_name}
        return _draw("typing_seen", values, language)

    def file_wanted(self, message: str, token: str, size: str, digest: str) -> str:
        values = {"key": message, "token": token, "size": size, "digest": digest}
        return _draw("file_wanted", values)

    def presence(self, changes: Changes, blocked: Iterable[Person] = ()) -> str:
        new = [avatars.named(person.id, person.name) for person in changes.arrived[:MAX_NEW_ROWS]]
        rows = draw_each("messaging/_person.html", new, is_online=True, is_blocked=False)
        return _render("presence_changed", changes=changes, blocked=blocked, rows=rows)

    def appearance(self, *, is_hidden: bool, hides_typing: bool) -> str:
        return _render("appearance_changed", is_hidden=is_hidden, hides_typing=hides_typing)

    def overview(self, changes: Changes, blocked: Iterable[Person], **appearance: bool) -> str:
        roster = _draw("roster_outdated", {})
        return roster + self.presence(changes, blocked) + self.appearance(**appearance)

    def gap(self, conversation_ids: Iterable[int], *, is_restart: bool, seconds: int) -> str:
        return _render(
            "gap", conversation_ids=conversation_ids, is_restart=is_restart, seconds=seconds
        )

    def away_for_longer(self, seconds: int) -> str:
        return _render("away_for_longer", seconds=seconds)

    def pane_opened(self, peer: Person, *, is_online: bool, is_blocked: bool) -> str:
        return _render(
            "pane_opened", **pane_context(peer), is_online=is_online, is_blocked=is_blocked
        )

    def refused(self, refusal: Refused) -> str:
        message = refusal.message
        if message is None:
            return _render("notice", text=refusal.reason, is_refused=True)
        if message.kind == "reaction":
            return _render("notice", text=refusal.sentence, name=refusal.name, is_refused=True)
        return _render(
            "message_refused" if message.is_original else "edit_refused",
            refusal=refusal,
            message=message,
        )

    def resync(self) -> str:
        return _draw("resync", {})

    def notice(self, text: str) -> str:
        return _render("notice", text=text)

    def logged_out(self) -> str:
        return _draw("logged_out", {})

    def outdated(self) -> str:
        return _draw("outdated", {"site_name": settings.SITE_NAME})

    def too_many_windows(self) -> str:
        return _draw("too_many_windows", {})


def pane_context(peer: Person) -> dict[str, object]:
    """Return what `_pane.html` shows of this person, and which options it has on this site."""
    return {
        "peer": peer,
        "conversation_id": peer.id,
        **avatars.named(peer.id, peer.name),
        "max_length": settings.MESSAGE_MAX_LENGTH,
        "has_files": settings.FILES != "off",
        "only_pictures": settings.FILES == "pictures",
    }


def _render(event: str, **context: object) -> str:
    return on_one_line(get_template(f"messaging/broadcasts/{event}.html").render(context))


def _draw(event: str, values: Mapping[str, str], language: str = "", **shape: object) -> str:
    """Render a frequent or constant fragment from a compiled template."""
    return draw(f"messaging/broadcasts/{event}.html", values, language, **shape)
