"""The door for pages and fragments over HTTP."""

import math
import secrets
from urllib.parse import urlsplit

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from messaging import limits, roster
from messaging.conversations import Person
from messaging.homes import presence


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    return _chat_page(request)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("q", "after")
@login_required
def people(request: HttpRequest) -> HttpResponse:
    """A page of the roster: the rows alone for htmx, the whole chat page for a plain request.

    A name that somebody looks for is posted: it has no place in a URL, where logs would keep it.
    """
    if request.method != "POST":
        return redirect("messaging:home")
    if seconds := math.ceil(async_to_sync(limits.searches.wait)(request.user.pk)):
        template = "messaging/_too_fast.html" if request.htmx else "429.html"
        return render(request, template, {"seconds": seconds}, status=429)
    page = _roster(request, request.POST.get("q", ""), request.POST.get("after", ""))
    if not request.htmx:
        return _chat_page(request, page=page)
    template = "messaging/_rows.html" if request.POST.get("after") else "messaging/_roster.html"
    return render(request, template, {"page": page})


@require_safe
@login_required
@vary_on_headers("HX-Request")
def conversation(request: HttpRequest, peer_id: int) -> HttpResponse:
    """The pane of one conversation, always empty: what is said lives in the pages of those who say it."""
    others = get_user_model().objects.filter(is_active=True).exclude(pk=request.user.pk)
    peer = get_object_or_404(others, pk=peer_id)
    opened = Person(peer.pk, peer.get_username())
    if not request.htmx or request.htmx.history_restore_request:
        return _chat_page(request, opened=opened)
    return render(request, "messaging/broadcasts/pane_opened.html", _pane(opened))


def _chat_page(request: HttpRequest, *, page: roster.Page | None = None, opened: Person | None = None) -> HttpResponse:
    context = {
        "page": page or _roster(request),
        "window_id": secrets.token_urlsafe(12),
        "heartbeat_seconds": settings.HEARTBEAT_SECONDS,
        "resume_seconds": settings.RESUME_SECONDS,
        "is_elsewhere": request.get_host() not in {urlsplit(origin).netloc for origin in settings.CSRF_TRUSTED_ORIGINS},
    }
    return render(request, "messaging/home.html", context | (_pane(opened) if opened else {}))


def _pane(peer: Person) -> dict[str, object]:
    return {"peer": peer, "is_online": presence.is_online(peer.id), "max_length": settings.MESSAGE_MAX_LENGTH}


def _roster(request: HttpRequest, query: str = "", after: str = "") -> roster.Page:
    return roster.page(request.user.pk, presence.online(), query, after)
