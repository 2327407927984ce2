"""What windows are told, as HTML: every fragment is drawn here, for a page with htmx."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.template.loader import get_template

from messaging.domain.events import Draft
from messaging.domain.messages import Person, Refused
from messaging.domain.presence import Changes
from messaging.rendering import avatars
from messaging.rendering.compiled import draw, draw_each, on_one_line
from messaging.rendering.links import still_linked

AT_A_GLANCE = 20  # newcomers whose rows are told; of a crowd, a page asks for its roster


def mail(draft: Draft, language: str = "") -> str:
    """What waited in a mailbox, for a window of its owner: in its language, or the one that is
    active.
    """
    name, words, shape = draft.event
    if draft.message:
        is_mine = draft.message.sender.id == draft.owner
        values = {
            **words,
            "text": still_linked(words.get("text", "")),
            "peer_id": str(draft.peer.id),
            "peer_name": draft.peer.called,
        }
        return _draw(name, values, language, is_mine=is_mine, state="sending", **shape)
    if words.get("peer_name") == "":
        words = {**words, "peer_name": draft.peer.called}
    return _draw(name, words, language, **shape) if name else ""


def cursor_moved(cursor: str, language: str = "") -> str:
    """What a page holds on to, and confirms."""
    return _draw("cursor_moved", {"cursor": cursor}, language)


def typing(peer: Person, language: str = "") -> str:
    return _draw("typing_seen", {"peer_id": str(peer.id), "peer_name": peer.called}, language)


def presence(event: Mapping[str, Any], language: str) -> str:
    """Drawn once in each language that a window of this process speaks, which is the one that is
    active.
    """
    if language not in event["drawn"]:
        event["drawn"][language] = presence_of(event["changes"])
    return event["drawn"][language]


def presence_of(changes: Changes, blocked: Iterable[Person] = ()) -> str:
    newcomers = [avatars.named(person.id, person.name) for person in changes.arrived[:AT_A_GLANCE]]
    rows = draw_each("messaging/_person.html", newcomers, is_online=True, is_blocked=False)
    return _render("presence_changed", changes=changes, blocked=blocked, rows=rows)


def appearance(*, is_hidden: bool) -> str:
    """How one appears to others, for one's own eyes."""
    return _render("appearance_changed", is_hidden=is_hidden)


def roster_outdated() -> str:
    """For a page that has been away: it asks for its roster again."""
    return _draw("roster_outdated", {})


def overview(changes: Changes, blocked: Iterable[Person], *, is_hidden: bool) -> str:
    """How things stand, for a page that may have missed something which passes unseen."""
    return roster_outdated() + presence_of(changes, blocked) + appearance(is_hidden=is_hidden)


def heartbeat() -> str:
    return _draw("heartbeat", {})


def gap(peers: Iterable[Person], *, is_restart: bool, seconds: int) -> str:
    """A line in each of these conversations that says what a window has missed for good."""
    return _render("gap", peers=peers, is_restart=is_restart, seconds=seconds)


def away_for_longer(seconds: int) -> str:
    """Corrects a page that believes it was away for less."""
    return _render("away_for_longer", seconds=seconds)


def pane_opened(peer: Person, *, is_online: bool, is_blocked: bool) -> str:
    words = avatars.named(peer.id, peer.name)
    shape = {
        "is_online": is_online,
        "is_blocked": is_blocked,
        "max_length": settings.MESSAGE_MAX_LENGTH,
    }
    return _render("pane_opened", peer=peer, **words, **shape)


def refused(refusal: Refused) -> str:
    """In words, at what it was about where that is on the page."""
    message = refusal.message
    if message is None:
        return notice(refusal.reason)
    if message.kind == "reaction":
        return _render("notice", text=refusal.sentence, name=message.recipient.called)
    return _render(
        "message_refused" if message.is_original else "edit_refused",
        refusal=refusal,
        message=message,
    )


def offered_again() -> str:
    """Asks the page for everything that it cannot know to have arrived."""
    return _draw("offered_again", {})


def notice(text: str) -> str:
    return _render("notice", text=text)


def sent_away() -> str:
    return _draw("sent_away", {})


def outdated() -> str:
    """For a page that does not fit this server: of another version, or with no place for what it
    was sent.
    """
    return _draw("outdated", {"site_name": settings.SITE_NAME})


def let_go() -> str:
    """For the oldest window of somebody who has opened too many."""
    return _draw("let_go", {})


def _render(event: str, **context) -> str:
    return on_one_line(get_template(f"messaging/broadcasts/{event}.html").render(context))


def _draw(event: str, values: Mapping[str, str], language: str = "", **shape: object) -> str:
    """The same for what is said often, or is always the same: drawn once, and then only
    filled in.
    """
    return draw(f"messaging/broadcasts/{event}.html", values, language, **shape)
