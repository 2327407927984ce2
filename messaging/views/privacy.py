"""Views to block people, to appear offline and to hide typing."""

from collections.abc import Callable
from functools import wraps

from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import reswap

from messaging import rate_limits
from messaging.delivery import privacy
from messaging.domain.messages import Refused
from messaging.people import blocks
from messaging.views.decorators import service_unavailable
from messaging.views.lookups import get_peer_or_404

# The switches of the page, by the name of their field.
APPEARANCE = {"offline": "appears_offline", "hide-typing": "hides_typing"}


def rate_limited(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Limit the rate, because each choice makes all windows of two people query the database. Show
    the reason if the limit or the view refuses.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, **keywords: int) -> HttpResponse:
        if wait := async_to_sync(rate_limits.choices.retry_after)(request.user.pk):
            return _render_refusal(request, rate_limits.choices.too_fast(wait, None), 429)
        try:
            return view(request, **keywords)
        except Refused as refusal:
            return _render_refusal(request, refusal, 409)

    return wrapper


@require_safe
@login_required
@vary_on_headers("HX-Request")
def blocked(request: HttpRequest) -> HttpResponse:
    return _render_blocked(request)


@require_POST
@login_required
@service_unavailable
@rate_limited
def block(request: HttpRequest, peer_id: int) -> HttpResponse:
    get_peer_or_404(request, peer_id)
    privacy.block(request.user.pk, peer_id)
    # The sockets tell all windows of both people.
    if request.htmx:
        return HttpResponse(status=204)
    return redirect("messaging:conversation", peer_id)


@require_POST
@login_required
@service_unavailable
@rate_limited
def unblock(request: HttpRequest, peer_id: int) -> HttpResponse:
    privacy.unblock(request.user.pk, peer_id)
    return _render_blocked(request) if request.htmx else redirect("messaging:blocked")


@require_POST
@login_required
@service_unavailable
@rate_limited
def appear(request: HttpRequest) -> HttpResponse:
    chosen = {
        column: request.POST[field] == "yes"
        for field, column in APPEARANCE.items()
        if field in request.POST
    }
    if not chosen:
        raise BadRequest("Nothing was chosen.")
    privacy.set_appearance(request.user.pk, **chosen)
    # The sockets tell all windows of this person.
    return HttpResponse(status=204) if request.htmx else redirect("messaging:home")


def _render_blocked(request: HttpRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    template = "messaging/_blocked.html" if request.htmx else "messaging/blocked.html"
    context = {"people": blocks.people_blocked_by(request.user.pk), "refusal": refusal}
    return render(request, template, context, status=status)


def _render_refusal(request: HttpRequest, refusal: Refused, status: int) -> HttpResponse:
    # Only the chat page can show notices; the list of blocked people cannot.
    if request.htmx and request.htmx.target != "blocked":
        notice = render(request, "messaging/broadcasts/notice.html", {"text": refusal.reason})
        return reswap(notice, "none")
    return _render_blocked(request, refusal.reason, status)
