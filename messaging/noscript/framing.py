"""Decide which pages without JavaScript can be framed, and show errors inside frames."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext

from messaging.domain.messages import StateUnavailable
from messaging.noscript.renderer import TRANSCRIPT

View = Callable[..., HttpResponse]

# Only one page may contain frames, and only the other pages may be shown in them.
POLICY = settings.SECURITY_HEADERS["Content-Security-Policy"]
FRAMING_HEADERS = {"Content-Security-Policy": f"{POLICY}; frame-src 'self'"}
FRAMED_HEADERS = {
    "Content-Security-Policy": POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    "X-Frame-Options": "SAMEORIGIN",
}


def framed(view: View) -> View:
    """Allow a page in a frame. Link to the log-in page, which forbids framing, if signed out."""

    @wraps(view)
    def wrapper(request: HttpRequest, **keywords: object) -> HttpResponse:
        try:
            if request.user.is_authenticated:
                answer = view(request, **keywords)
            else:
                answer = signed_out(request)
        except Http404:
            answer = refuse(request, gettext("This person doesn’t have an account here."), 404)
        except StateUnavailable:
            answer = refuse(request, gettext("The server isn’t available right now."), 503)
        return add_headers(answer, FRAMED_HEADERS)

    return wrapper


def refuse(request: HttpRequest, text: str, status: int) -> HttpResponse:
    return render(request, "messaging/noscript/refused.html", {"text": text}, status=status)


def refusal_page(reason: str, text: str = "") -> str:
    """Return the page that replaces a transcript that cannot be shown."""
    context = {"reason": reason, "text": text, "again": TRANSCRIPT}
    return render_to_string("messaging/noscript/refused.html", context)


def add_headers(answer: HttpResponse, headers: dict[str, str]) -> HttpResponse:
    for name, value in headers.items():
        answer.headers[name] = value
    return answer


def signed_out(request: HttpRequest) -> HttpResponse:
    return render(request, "messaging/noscript/refused.html", {"reason": "signed-out"}, status=403)
