"""The chat page, and its roster, which htmx can fetch separately."""

import secrets
from itertools import groupby
from operator import attrgetter
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from messaging.domain.conversations import Person
from messaging.people import roster, visibility
from messaging.people.blocks import Blocks
from messaging.rendering import avatars
from messaging.rendering.compiled import draw, draw_each, joined
from messaging.rendering.htmx import pane_context
from messaging.rendering.page_version import PAGE_VERSION
from messaging.views.lookups import enabled_notifications, is_pushed


def render_chat_page(
    request: HttpRequest, page: roster.RosterPage, between: Blocks, opened: Person | None = None
) -> HttpResponse:
    # Only staff read reports; this app knows only how many there are.
    unread = request.user.is_staff and request.user.unread_reports()
    enabled = enabled_notifications(request.session)
    values = {
        "unread_reports": str(unread),
        "csrf_token": get_token(request),
        "window_id": secrets.token_urlsafe(12),
        "my_id": str(request.user.pk),
        "my_name": request.user.get_username(),
        "attention": _notification_settings(enabled),
        "query": page.query,
        "roster": render_roster(request, page),
        "conversation": _conversation(opened, between) if opened else "",
        "pane": _first_pane(opened, between) if opened else "",
    }
    shape = {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "is_local": settings.SITE_IS_LOCAL,
        "invite_by": _way_to_invite(request),
        "heartbeat_seconds": settings.HEARTBEAT_SECONDS,
        "resume_seconds": settings.RESUME_SECONDS,
        "is_installable": settings.INSTALLABLE,
        "has_push": bool(settings.PUSH_KEY),
        "is_pushed": is_pushed(request.session),
        "has_files": settings.FILES != "off",
        "has_noscript": settings.STREAMS > 0,
        "version": PAGE_VERSION,
        "is_staff": request.user.is_staff,
        "has_unread_reports": bool(unread),
        "is_hidden": request.user.is_authenticated and request.user.appears_offline,
        "hides_typing": request.user.is_authenticated and request.user.hides_typing,
        "chosen": tuple(option for option in enabled if option == "leaving"),
        "has_pane": opened is not None,
        "is_elsewhere": request.get_host()
        not in {urlsplit(origin).netloc for origin in settings.CSRF_TRUSTED_ORIGINS},
    }
    return HttpResponse(draw("messaging/home.html", values, "", **shape))


def _way_to_invite(request: HttpRequest) -> str:
    """Return what the user passes on: the site's address, an invitation, or "" if neither."""
    if settings.SIGNUP == "open":
        return "address"
    may_invite = request.user.is_authenticated and request.user.may_invite()
    return "invitation" if may_invite else ""


def _first_pane(peer: Person, between: Blocks) -> str:
    context = {"is_first": True, **pane_context(peer), **visibility.status(peer.id, between)}
    return render_to_string("messaging/_pane.html", context)


def _conversation(peer: Person, between: Blocks) -> str:
    status = visibility.status(peer.id, between)
    values = {"conversation_id": str(peer.id), **_name_fields(peer)}
    return draw("messaging/_conversation.html", values, "", **status)


def render_roster(request: HttpRequest, page: roster.RosterPage) -> str:
    values = {"rows": render_rows(request, page), "query": page.query}
    return draw("messaging/_roster.html", values, is_search=bool(page.query))


def render_rows(request: HttpRequest, page: roster.RosterPage) -> str:
    # Adjacent rows of the same shape are rendered together.
    rows = [
        draw_each(
            "messaging/_person.html",
            [*map(_name_fields, alike)],
            is_online=is_online,
            is_blocked=is_blocked,
        )
        for (is_online, is_blocked), alike in groupby(
            page.people, key=attrgetter("is_online", "is_blocked")
        )
    ]
    if page.more:
        values = {"csrf_token": get_token(request), "query": page.query, "more": page.more}
        rows.append(draw("messaging/_more.html", values))
    return joined(rows)


def _name_fields(peer: Person | roster.RosterRow) -> dict[str, str]:
    return avatars.named(peer.id, peer.name)


def _notification_settings(enabled: list[str]) -> str:
    """Return the settings for scripts. A page without settings fetches the form on first use."""
    if {*enabled} - {"leaving"}:
        return render_to_string("messaging/_attention.html", {"chosen": enabled})
    return ""
