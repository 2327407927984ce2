"""The door to the pages without JavaScript: one that holds three others in frames, and the people
among them.

What is said comes in a page of its own, which is loaded as long as it is open
(`messaging.noscript.streams`). To write something there would load it anew, and so empty it: that
is why there are frames.
"""

from collections.abc import Callable
from functools import wraps

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from messaging import rate_limits
from messaging.domain.messages import StateUnavailable
from messaging.noscript.renderer import TRANSCRIPT
from messaging.people import blocks
from messaging.views.lookups import current_person, get_roster_page

View = Callable[..., HttpResponse]

# Headers: one of these pages holds the others in frames, and no other page holds any.
POLICY = settings.SECURITY_HEADERS["Content-Security-Policy"]
HOLDING = {"Content-Security-Policy": f"{POLICY}; frame-src 'self'"}
HELD = {
    "Content-Security-Policy": POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    "X-Frame-Options": "SAMEORIGIN",
}


def held(view: View) -> View:
    """A page for a frame. The log-in page is in none: who has been signed out meanwhile is led to
    it by a link.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, **keywords: object) -> HttpResponse:
        try:
            answer = view(request, **keywords) if request.user.is_authenticated else _over(request)
        except Http404:
            answer = refused(request, gettext("This person doesn’t have an account here."), 404)
        except StateUnavailable:
            answer = refused(request, gettext("The server isn’t available right now."), 503)
        return _with(answer, HELD)

    return wrapper


@require_safe
@login_required
def home(request: HttpRequest, peer_id: int = 0) -> HttpResponse:
    """The page that holds the others; its transcript begins empty each time it is loaded."""
    context = {"is_on": bool(settings.STREAMS), "transcript": TRANSCRIPT, "peer_id": peer_id}
    return _with(render(request, "messaging/plain/home.html", context), HOLDING)


@require_safe
@held
def over(request: HttpRequest) -> HttpResponse:
    return _over(request)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("q", "after")
@held
def people(request: HttpRequest) -> HttpResponse:
    """A page of the roster, as it is at this moment. A name that somebody looks for is posted, as
    everywhere.
    """
    if request.method == "POST" and (
        wait := async_to_sync(rate_limits.searches.retry_after)(current_person(request).id)
    ):
        return refused(request, rate_limits.searches.too_fast(wait).reason, 429)
    query, after = request.POST.get("q", ""), request.POST.get("after", "")
    page = get_roster_page(request, blocks.load(current_person(request).id), query, after)
    return render(request, "messaging/plain/people.html", {"page": page, "is_further": bool(after)})


@require_safe
@held
def nobody(request: HttpRequest) -> HttpResponse:
    """Nobody has been chosen yet."""
    return render(request, "messaging/plain/nobody.html")


def turned_away(reason: str, words: str = "") -> str:
    """Return the page in place of a transcript that cannot be shown."""
    context = {"reason": reason, "words": words, "again": TRANSCRIPT}
    return render_to_string("messaging/plain/turned_away.html", context)


def refused(request: HttpRequest, words: str, status: int) -> HttpResponse:
    return render(request, "messaging/plain/turned_away.html", {"words": words}, status=status)


def _with(answer: HttpResponse, headers: dict[str, str]) -> HttpResponse:
    for name, value in headers.items():
        answer.headers[name] = value
    return answer


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "messaging/plain/turned_away.html", {"reason": "signed-out"}, status=403)
