"""Turn push notifications on and off in one browser.

The page fetches `messaging/_push.html` when it is needed (static/js/notifications/push.js). Its
switch carries the `applicationServerKey` in `data-key`. A page with the switch on posts its
subscription again each time it loads, because browsers lose subscriptions without a word.
"""

from collections.abc import Callable
from functools import wraps
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from messaging.push import endpoints, vapid


def push_required(view: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Raise Http404 if there is no PUSH_KEY."""

    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponse:
        if not settings.PUSH_KEY:
            raise Http404
        return view(request)

    return wrapper


@require_safe
@login_required
@push_required
def switch(request: HttpRequest) -> HttpResponse:
    """Answer with the switch."""
    return _render_switch(request)


@require_POST
@sensitive_post_parameters("endpoint")
@sensitive_variables("endpoint")
@login_required
@push_required
def subscribe(request: HttpRequest) -> HttpResponse:
    """Store the posted `endpoint` of a subscription made with `key` in the session, in place of any
    other. Answer with the switch.

    Answer 409 if the key is a former one: the page unsubscribes, and subscribes with the current
    one. Answer 422, with the reason in the switch, if PUSH_SERVICES don't have the endpoint.
    """
    session: Any = request.session
    endpoint = request.POST.get("endpoint", "")
    if not compare_digest(request.POST.get("key", "").encode(), vapid.public_key().encode()):
        return _render_switch(request, status=409)
    if endpoints.split(endpoint) is None:
        reason = _("This server doesn’t send notifications to the push service of your browser.")
        return _render_switch(request, reason, status=422)
    if session.push_endpoint != endpoint:
        session.push_endpoint = endpoint
    return _render_switch(request)


@require_POST
@login_required
@push_required
def stop(request: HttpRequest) -> HttpResponse:
    """Forget the subscription of this session. Answer with the switch."""
    session: Any = request.session
    session.push_endpoint = ""
    return _render_switch(request)


def _render_switch(request: HttpRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    session: Any = request.session
    context = {
        "is_on": bool(session.push_endpoint),
        "key": vapid.public_key(),
        "refusal": refusal,
    }
    return render(request, "messaging/_push.html", context, status=status)
