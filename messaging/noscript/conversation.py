"""Actions in a conversation without JavaScript. Each page is shown in a frame, so that the
transcript stays loaded.
"""

from collections.abc import Callable, Coroutine
from uuid import uuid4

from asgiref.sync import async_to_sync
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from messaging import rate_limits
from messaging.delivery import actions, privacy
from messaging.domain.conversations import Conversation, Person
from messaging.domain.messages import MESSAGE_ID, Posted, Refused
from messaging.noscript.framing import framed, refuse
from messaging.people import blocks, visibility
from messaging.views.lookups import current_person, get_peer_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("text")
@framed
def write(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Show the message form. If the text was refused, keep it and show the reason."""
    peer = get_peer_or_404(request, conversation_id)
    if request.method != "POST":
        return _render_form(request, peer)
    sender = current_person(request)
    posted = Posted(peer.id, request.POST.get("id", ""), request.POST.get("text", ""))
    conversation, is_blocked = Conversation.of(sender, peer), peer.id in blocks.load(sender.id)
    try:
        async_to_sync(actions.post_message)(sender, conversation, posted, is_blocked=is_blocked)
    except Refused as refusal:
        return _render_form(request, peer, refusal=refusal)
    return _redirect_to_form(conversation_id)


@require_http_methods(["GET", "HEAD", "POST"])
@framed
def unsend(request: HttpRequest, conversation_id: int, message_id: str) -> HttpResponse:
    """Ask for confirmation first, because every transcript with the message reloads."""
    peer = get_peer_or_404(request, conversation_id)
    if not MESSAGE_ID.fullmatch(message_id):
        raise Http404
    if request.method != "POST":
        return _confirm(request, "unsend", gettext("Unsend"), peer, conversation_id)
    proof = request.GET.get("proof", "")
    return _perform(request, actions.unsend, peer, message_id, proof)


@require_http_methods(["GET", "HEAD", "POST"])
@framed
def clear(request: HttpRequest, conversation_id: int) -> HttpResponse:
    peer = get_peer_or_404(request, conversation_id)
    if request.method != "POST":
        return _confirm(request, "clear", gettext("Clear for both"), peer, conversation_id)
    return _perform(request, actions.clear, peer, blocks.load(current_person(request).id))


@require_POST
@framed
def block(request: HttpRequest, peer_id: int) -> HttpResponse:
    get_peer_or_404(request, peer_id)
    return _change_block(request, peer_id, privacy.block)


@require_POST
@framed
def unblock(request: HttpRequest, peer_id: int) -> HttpResponse:
    return _change_block(request, peer_id, privacy.unblock)


def _confirm(
    request: HttpRequest, name: str, action: str, peer: Person, conversation_id: int
) -> HttpResponse:
    context = {"action": action, "peer": peer, "conversation_id": conversation_id}
    return render(request, f"messaging/noscript/{name}.html", context)


def _change_block(
    request: HttpRequest, peer_id: int, choose: Callable[[int, int], None]
) -> HttpResponse:
    try:
        if wait := async_to_sync(rate_limits.choices.retry_after)(current_person(request).id):
            return refuse(request, rate_limits.choices.too_fast(wait).reason, 429)
        choose(current_person(request).id, peer_id)
    except Refused as refusal:
        return refuse(request, refusal.reason, 409)
    return _redirect_to_form(peer_id)


def _perform(
    request: HttpRequest,
    action: Callable[..., Coroutine[object, object, None]],
    peer: Person,
    *arguments: object,
) -> HttpResponse:
    try:
        person = current_person(request)
        async_to_sync(action)(person, Conversation.of(person, peer), *arguments)
    except Refused as refusal:
        return refuse(request, refusal.reason, 429)
    return _redirect_to_form(peer.id)


def _redirect_to_form(conversation_id: int) -> HttpResponse:
    """Redirect to the form. The URL fragment sets the focus; `autofocus` fails in a frame."""
    return redirect(f"{reverse('messaging:noscript_write', args=[conversation_id])}#text")


def _render_form(
    request: HttpRequest, peer: Person, refusal: Refused | None = None
) -> HttpResponse:
    # The server may have accepted it, so the retry has the same ID, and it arrives only once.
    is_unknown = refusal is not None and refusal.is_trying
    context = {
        "peer": peer,
        "conversation_id": peer.id,
        "id": request.POST.get("id", "") if is_unknown else str(uuid4()),
        "text": request.POST.get("text", ""),
        "refusal": refusal,
        **visibility.status(peer.id, blocks.load(current_person(request).id)),
    }
    return render(request, "messaging/noscript/write.html", context, status=_status(refusal))


def _status(refusal: Refused | None) -> int:
    if refusal is None:
        return 200
    if refusal.is_trying:
        return 503
    return 429 if refusal.seconds else 409 if refusal.is_waiting else 422
