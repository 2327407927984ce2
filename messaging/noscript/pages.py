"""The pages without JavaScript: one with three frames, and the roster for one of the frames.

Messages arrive in a page that keeps loading (`messaging.noscript.streams`). The forms are in other
frames, because submitting a form in that page would reload and empty it.
"""

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from messaging import rate_limits
from messaging.noscript.framing import (
    FRAMING_HEADERS,
    add_headers,
    framed,
    refuse,
    signed_out,
)
from messaging.noscript.renderer import TRANSCRIPT
from messaging.people import blocks
from messaging.views.lookups import current_person, get_roster_page


@require_safe
@login_required
def home(request: HttpRequest, conversation_id: int = 0) -> HttpResponse:
    """Show the page with the frames. Its transcript is empty at first."""
    context = {
        "is_on": bool(settings.STREAMS),
        "transcript": TRANSCRIPT,
        "conversation_id": conversation_id,
    }
    return add_headers(render(request, "messaging/noscript/home.html", context), FRAMING_HEADERS)


@require_safe
@framed
def signed_out_page(request: HttpRequest) -> HttpResponse:
    return signed_out(request)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("q", "after")
@framed
def people(request: HttpRequest) -> HttpResponse:
    """Show a page of the roster. Searches use POST, because logs would keep a name in a URL."""
    if request.method == "POST" and (
        wait := async_to_sync(rate_limits.searches.retry_after)(current_person(request).id)
    ):
        return refuse(request, rate_limits.searches.too_fast(wait).reason, 429)
    query, after = request.POST.get("q", ""), request.POST.get("after", "")
    page = get_roster_page(request, blocks.load(current_person(request).id), query, after)
    return render(
        request, "messaging/noscript/people.html", {"page": page, "is_further": bool(after)}
    )


@require_safe
@framed
def no_peer(request: HttpRequest) -> HttpResponse:
    return render(request, "messaging/noscript/no_conversation.html")
