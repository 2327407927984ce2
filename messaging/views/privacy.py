"""The door to what people choose about others and themselves: whom they block, and whether they appear offline."""

import logging
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import reswap

from messaging import rate_limits
from messaging.delivery import actions, broadcasts
from messaging.domain.messages import Refused, Unreachable
from messaging.people import blocks
from messaging.views.decorators import calmly
from messaging.views.lookups import somebody_else

logger = logging.getLogger(__name__)


def politely(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Says in words what cannot be done. Nobody chooses too fast: each time, all windows of two people ask the
    database."""

    @wraps(view)
    def answered(request: HttpRequest, **keywords: int) -> HttpResponse:
        if wait := async_to_sync(rate_limits.choices.wait)(request.user.pk):
            return _refused(request, rate_limits.choices.too_fast(wait, None), 429)
        try:
            return view(request, **keywords)
        except Refused as refusal:
            return _refused(request, refusal, 409)

    return answered


@require_safe
@login_required
@vary_on_headers("HX-Request")
def blocked(request: HttpRequest) -> HttpResponse:
    return _blocked(request)


@require_POST
@login_required
@calmly
@politely
def block(request: HttpRequest, peer_id: int) -> HttpResponse:
    peer = somebody_else(request, peer_id)
    shut_out(request.user.pk, peer_id)
    if not request.htmx:
        return redirect("messaging:conversation", peer_id)
    return render(request, "messaging/_block.html", {"peer": peer})


@require_POST
@login_required
@calmly
@politely
def unblock(request: HttpRequest, peer_id: int) -> HttpResponse:
    let_in_again(request.user.pk, peer_id)
    return _blocked(request) if request.htmx else redirect("messaging:blocked")


@require_POST
@login_required
@calmly
@politely
def appear(request: HttpRequest) -> HttpResponse:
    is_hidden = request.POST.get("offline") == "yes"
    # Not by saving the whole row, which may be an old one by now.
    get_user_model().objects.filter(pk=request.user.pk).update(appears_offline=is_hidden)
    _tell(actions.appear(request.user.pk, is_hidden=is_hidden))
    # A page with scripts hears of it over its socket, like all windows of this person.
    return HttpResponse(status=204) if request.htmx else redirect("messaging:home")


def shut_out(person_id: int, peer_id: int) -> None:
    """From now on nothing passes between them; Refused to somebody who has blocked too many already."""
    blocks.add(person_id, peer_id)
    _tell(actions.part(person_id, peer_id))


def let_in_again(person_id: int, peer_id: int) -> None:
    if blocks.remove(person_id, peer_id):
        _tell(broadcasts.choices_changed(person_id, peer_id))


def _blocked(request: HttpRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    template = "messaging/_blocked.html" if request.htmx else "messaging/blocked.html"
    context = {"people": blocks.people_blocked_by(request.user.pk), "refusal": refusal}
    return render(request, template, context, status=status)


def _refused(request: HttpRequest, refusal: Refused, status: int) -> HttpResponse:
    if request.htmx and request.htmx.target != "blocked":  # from the chat page, which has a place for notices
        return reswap(render(request, "messaging/broadcasts/notice.html", {"text": refusal.reason}), "none")
    return _blocked(request, refusal.reason, status)


def _tell(telling: Coroutine[Any, Any, None]) -> None:
    """What was chosen is in the database already. While Redis is away nobody can be told: each window asks when it is
    back."""

    async def told() -> None:
        try:
            await telling
        except Unreachable:
            logger.warning("Redis is away: what somebody has chosen reaches windows when it is back")

    async_to_sync(told)()
