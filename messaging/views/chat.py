"""The door for pages and fragments over HTTP."""

import math
import secrets
from itertools import groupby
from operator import attrgetter
from typing import Any, cast
from urllib.parse import urlsplit

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from messaging import rate_limits
from messaging.domain.messages import REACTIONS, Person
from messaging.people import blocks, roster, visibility
from messaging.people.blocks import Blocks
from messaging.rendering import avatars
from messaging.rendering.compiled import draw, draw_each, joined
from messaging.rendering.htmx import HtmxRenderer
from messaging.rendering.page_version import PAGE_VERSION
from messaging.views import notifications
from messaging.views.decorators import service_unavailable
from messaging.views.lookups import get_peer_or_404, get_roster_page


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    between = blocks.load(request.user.pk)
    return _chat_page(request, get_roster_page(request, between), between)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("q", "after")
@login_required
@service_unavailable
def people(request: HttpRequest) -> HttpResponse:
    """A page of the roster: the rows alone for htmx, the whole chat page for a plain request.

    A name that somebody looks for is posted: it has no place in a URL, where logs would keep it.
    """
    if request.method != "POST":
        return redirect("messaging:home")
    if seconds := math.ceil(async_to_sync(rate_limits.searches.retry_after)(request.user.pk)):
        template = "messaging/_too_fast.html" if request.htmx else "429.html"
        return render(request, template, {"seconds": seconds}, status=429)
    between = blocks.load(request.user.pk)
    page = get_roster_page(
        request, between, request.POST.get("q", ""), request.POST.get("after", "")
    )
    if not request.htmx:
        return _chat_page(request, page, between)
    return HttpResponse(
        _rows(request, page) if request.POST.get("after") else _roster(request, page)
    )


@require_safe
@login_required
@vary_on_headers("HX-Request")
def conversation(request: HttpRequest, peer_id: int) -> HttpResponse:
    """The pane of one conversation, always empty: what is said lives in the pages of those who say
    it.
    """
    opened = get_peer_or_404(request, peer_id)
    between = blocks.load(request.user.pk)
    if not request.htmx or request.htmx.history_restore_request:
        return _chat_page(request, get_roster_page(request, between), between, opened)
    appearance = visibility.status(opened.id, between)
    return HttpResponse(HtmxRenderer().pane_opened(opened, **appearance))


@require_safe
@login_required
@vary_on_headers("HX-Request")
def menus(request: HttpRequest) -> HttpResponse:
    """What makes a practised hand quick: menus, a list of shortcuts and their scripts, fetched when
    first used.
    """
    context = {"reactions": REACTIONS}
    return (
        render(request, "messaging/_hand.html", context)
        if request.htmx
        else redirect("messaging:home")
    )


@require_safe
def reload(request: HttpRequest) -> HttpResponse:
    """Tells htmx, in a page of any version, to load its page anew."""
    return HttpResponseClientRefresh() if request.htmx else redirect("messaging:home")


def _chat_page(
    request: HttpRequest, page: roster.RosterPage, between: Blocks, opened: Person | None = None
) -> HttpResponse:
    # Only the staff can have some, and reports are theirs: these rooms know of a number.
    unread = request.user.is_staff and request.user.unread_reports()
    values = {
        "unread_reports": str(unread),
        "csrf_token": get_token(request),
        "window_id": secrets.token_urlsafe(12),
        "my_id": str(request.user.pk),
        "my_name": request.user.get_username(),
        "attention": notifications.rendered_if_chosen(request.session),
        "query": page.query,
        "roster": _roster(request, page),
        "conversation": _conversation(opened, between) if opened else "",
        "pane": _first_pane(opened, between) if opened else "",
    }
    shape = {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "heartbeat_seconds": settings.HEARTBEAT_SECONDS,
        "resume_seconds": settings.RESUME_SECONDS,
        "is_installable": settings.INSTALLABLE,
        "has_plain": settings.STREAMS > 0,
        "version": PAGE_VERSION,
        "is_staff": request.user.is_staff,
        "has_unread_reports": bool(unread),
        "is_hidden": cast(Any, request.user).appears_offline,
        "has_pane": opened is not None,
        "is_elsewhere": request.get_host()
        not in {urlsplit(origin).netloc for origin in settings.CSRF_TRUSTED_ORIGINS},
    }
    return HttpResponse(draw("messaging/home.html", values, **shape))


def _first_pane(peer: Person, between: Blocks) -> str:
    shape = {
        "is_first": True,
        "max_length": settings.MESSAGE_MAX_LENGTH,
        **visibility.status(peer.id, between),
    }
    return render_to_string("messaging/_pane.html", {"peer": peer, **_name_fields(peer), **shape})


def _conversation(peer: Person, between: Blocks) -> str:
    return draw(
        "messaging/_conversation.html", _name_fields(peer), **visibility.status(peer.id, between)
    )


def _roster(request: HttpRequest, page: roster.RosterPage) -> str:
    values = {"rows": _rows(request, page), "query": page.query}
    return draw(
        "messaging/_roster.html", values, is_search=bool(page.query), site_url=settings.SITE_URL
    )


def _rows(request: HttpRequest, page: roster.RosterPage) -> str:
    # As they follow each other: those online first, and somebody blocked among those who are not.
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
