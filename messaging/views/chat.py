"""The chat page and the fragments that htmx fetches."""

import math

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from messaging import rate_limits
from messaging.domain.messages import QUICK_REACTIONS
from messaging.people import blocks, visibility
from messaging.rendering.htmx import HtmxRenderer
from messaging.views.chat_page import render_chat_page, render_roster, render_rows
from messaging.views.decorators import service_unavailable
from messaging.views.lookups import get_peer_or_404, get_roster_page


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    between = blocks.load(request.user.pk)
    return render_chat_page(request, get_roster_page(request, between), between)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("q", "after")
@login_required
@service_unavailable
def people(request: HttpRequest) -> HttpResponse:
    """Return the rows of one roster page to htmx, and the whole chat page to other requests.

    Searches use POST, because logs would keep a name in a URL.
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
        return render_chat_page(request, page, between)
    return HttpResponse(
        render_rows(request, page) if request.POST.get("after") else render_roster(request, page)
    )


@require_safe
@login_required
@vary_on_headers("HX-Request")
def conversation(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Return an empty pane. Messages exist only in the pages of the two people."""
    opened = get_peer_or_404(request, conversation_id)
    between = blocks.load(request.user.pk)
    if not request.htmx or request.htmx.history_restore_request:
        return render_chat_page(request, get_roster_page(request, between), between, opened)
    status = visibility.status(opened.id, between)
    return HttpResponse(HtmxRenderer().pane_opened(opened, **status))


@require_safe
@login_required
@vary_on_headers("HX-Request")
def lazy_actions(request: HttpRequest) -> HttpResponse:
    """Return the menus, the list of shortcuts and their scripts, which lazy_actions.js fetches."""
    return _fragment(request, "messaging/_lazy_actions.html", reactions=QUICK_REACTIONS)


@require_safe
@login_required
@vary_on_headers("HX-Request")
def files(request: HttpRequest) -> HttpResponse:
    """Return what pages need to send and receive files, which lazy_actions.js fetches."""
    if settings.FILES == "off":
        raise Http404
    return _fragment(
        request,
        "messaging/_files.html",
        only_pictures=settings.FILES == "pictures",
        file_max_mb=settings.FILE_MAX_MB,
    )


def _fragment(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    """Render a part of the chat page for htmx, and redirect other requests to the page."""
    return render(request, template, context) if request.htmx else redirect("messaging:home")


@require_safe
def reload(request: HttpRequest) -> HttpResponse:
    """Tell htmx to reload the page, whatever version the page has."""
    return HttpResponseClientRefresh() if request.htmx else redirect("messaging:home")
