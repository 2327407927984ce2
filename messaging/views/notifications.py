"""The settings for browser notifications while the page is in the background.

They are stored in the session, so they apply to one user in one browser until log-out. A separate
cookie would remain for the next user of that browser.
"""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from messaging.views.lookups import (
    NOTIFICATION_OPTIONS,
    NOTIFICATIONS_KEY,
    enabled_notifications,
)

ANSWERS = {"yes": True, "no": False}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@vary_on_headers("HX-Request")
def settings(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        _save(request)
    if not request.htmx:
        return redirect("messaging:home")
    context = {"chosen": enabled_notifications(request.session)}
    is_leaving = "leaving" in request.POST  # a separate switch in the account menu
    template = "messaging/_leaving.html" if is_leaving else "messaging/_attention.html"
    return render(request, template, context)


def _save(request: HttpRequest) -> None:
    posted = [option for option in NOTIFICATION_OPTIONS if option in request.POST]
    answers = {option: ANSWERS.get(request.POST[option]) for option in posted}
    if not answers or None in answers.values():
        raise BadRequest("Each option must be yes or no.")
    enabled = {*enabled_notifications(request.session)} - answers.keys()
    enabled |= {option for option, answer in answers.items() if answer}
    if "notification" not in enabled:
        enabled.discard("words")  # does not return when notifications are turned on again
    request.session[NOTIFICATIONS_KEY] = [
        option for option in NOTIFICATION_OPTIONS if option in enabled
    ]
