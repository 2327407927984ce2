"""Reports of selected messages to the administrators."""

import logging
import math
from typing import TYPE_CHECKING, Any, cast

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from messaging import rate_limits
from messaging.domain import evidence
from messaging.domain.conversations import Person
from messaging.domain.evidence import Exhibit
from messaging.domain.messages import PERSON_ID, Refused
from messaging.views.lookups import current_person

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Words

logger = logging.getLogger(__name__)

SERVER_ERROR = gettext_lazy(
    "Something went wrong on the server, and your report wasn’t sent. Try again in a moment."
)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@login_required
@vary_on_headers("HX-Request")
def report(request: HttpRequest) -> HttpResponse:
    """Return the form, or the result after a POST. The page keeps the input."""
    if request.method != "POST":
        return _render_form(request) if request.htmx else redirect("messaging:home")
    form = request.POST  # raises if the body is too large
    try:
        return _file(request, form)
    except Refused as refusal:
        return _render_answer(request, refusal.reason, status=422)
    except Exception as error:  # noqa: BLE001 - a traceback would log the messages
        logger.error("A report could not be stored: %s", type(error).__name__)
        return _render_answer(request, SERVER_ERROR, status=503)


def _render_form(request: HttpRequest) -> HttpResponse:
    context = {"reasons": evidence.REASONS.items(), "kept_days": settings.REPORTS_KEPT_DAYS}
    return render(request, "messaging/_report.html", context)


def _file(request: HttpRequest, form: QueryDict) -> HttpResponse:
    reporter, reported = current_person(request), _reported(request)
    read = evidence.read(
        reporter, reported, form.get("reason", ""), form.get("note", ""), form.getlist("message")
    )
    if seconds := async_to_sync(rate_limits.reports.retry_after)(reporter.id):
        return _render_answer(request, _too_often(seconds), status=429)
    content = {
        "reporter": reporter,
        "reported": reported,
        "reason": read.reason,
        "note": read.note,
        "messages": [_as_dict(exhibit, reporter) for exhibit in read.exhibits],
    }
    # Only accounts may import its models, so use the relation from the user.
    cast(Any, request.user).reports_made.file(reported.id, content)
    is_doubtful = any(
        not exhibit.is_verified and exhibit.message.sender == reported for exhibit in read.exhibits
    )
    return _render_answer(request, "", reported=reported, is_doubtful=is_doubtful)


def _as_dict(exhibit: Exhibit, reporter: Person) -> dict[str, object]:
    message = exhibit.message
    file = {"file": message.file._asdict()} if message.file else {}
    return {
        "id": message.id,
        "sender": message.sender.name,
        "is_reporters": message.sender == reporter,
        "posted_at": message.posted_at.isoformat(timespec="seconds"),
        "text": message.text,
        **file,
        "is_verified": exhibit.is_verified,
    }


def _reported(request: HttpRequest) -> Person:
    id = request.POST.get("peer", "")
    found = get_user_model().objects.filter(pk=id).first() if PERSON_ID.fullmatch(id) else None
    if found is None or found == request.user:
        raise Refused(_("This person doesn’t have an account here."))
    return Person(found.pk, found.get_username())


def _too_often(seconds: float) -> str:
    minutes = math.ceil(seconds / 60)
    words = ngettext(
        "You’ve sent several reports already. Try again in %(count)d minute.",
        "You’ve sent several reports already. Try again in %(count)d minutes.",
        minutes,
    )
    return words % {"count": minutes}


def _render_answer(
    request: HttpRequest, wrong: "Words", *, status: int = 200, **context: object
) -> HttpResponse:
    context |= {"wrong": wrong, "kept_days": settings.REPORTS_KEPT_DAYS}
    return render(request, "messaging/_report_answer.html", context, status=status)
