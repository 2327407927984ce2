"""The door to how a browser calls somebody whose page is in the background: by a sound, a
notification, or not at all.

The choice lies in the session: it is of this person at this browser, it ends with the log-in, and
no further cookie is needed. In a cookie of its own it would be left to whoever logs in here next,
and with it what a notification says.
"""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

SESSION_KEY = "attention"  # in a session: those of the signs that are wanted
OPTIONS = (
    "sound",
    "notification",
    "words",
)  # the last one: who writes and what, in the notification
ANSWERS = {"yes": True, "no": False}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@vary_on_headers("HX-Request")
def settings(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        _save(request)
    if not request.htmx:
        return redirect("messaging:home")
    return HttpResponse(_rendered(request.session))


def rendered_if_chosen(session: SessionBase) -> str:
    """For the chat page: what the scripts need to know. Most have chosen nothing, and fetch the
    switches if they look for them.
    """
    return _rendered(session) if enabled(session) else ""


def _rendered(session: SessionBase) -> str:
    return render_to_string("messaging/_attention.html", {"chosen": enabled(session)})


def enabled(session: SessionBase) -> list[str]:
    """The options that are wanted, in one order; nothing until somebody chooses."""
    kept = cast(list[str], session.get(SESSION_KEY, []))
    return [option for option in OPTIONS if option in kept]


def _save(request: HttpRequest) -> None:
    answers = {
        option: ANSWERS.get(request.POST[option]) for option in OPTIONS if option in request.POST
    }
    if not answers or None in answers.values():
        raise BadRequest("Each option must be yes or no.")
    wanted = {*enabled(request.session)} - answers.keys() | {
        option for option, answer in answers.items() if answer
    }
    if "notification" not in wanted:
        wanted.discard("words")  # whoever wants notifications again chooses anew what they say
    request.session[SESSION_KEY] = [option for option in OPTIONS if option in wanted]
