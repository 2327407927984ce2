"""Account pages: settings, sessions, download and deletion."""

import json
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import personal_data, sessions
from accounts.auth import cookies, second_factor, throttling
from accounts.auth.current_user import person
from accounts.forms.password import confirm_form
from accounts.models import User
from accounts.models.sign_up import RESERVED_FOR
from accounts.views.responses import limited_form


@require_safe
@login_required
@never_cache
def settings_page(request: HttpRequest) -> HttpResponse:
    user = person(request)
    context = {
        "sessions": len(sessions.listed(user, request.session.session_key)),
        "passkeys": user.passkeys.count(),
        "is_asked_for_codes": second_factor.is_on(user),
        "codes": user.recovery_codes.count(),
        "may_invite": user.may_invite(),
        "unread_reports": user.unread_reports(),
    }
    return render(request, "accounts/settings.html", context)


@require_safe
@login_required
@never_cache
def session_list(request: HttpRequest) -> HttpResponse:
    found = sessions.listed(person(request), request.session.session_key)
    return render(request, "accounts/sessions.html", {"sessions": found})


@require_POST
@login_required
@never_cache
def end_session(request: HttpRequest) -> HttpResponse:
    """End one session, all other sessions, or all sessions; or `stop` notifying one."""
    if "stop" in request.POST:
        return _stop_notifying(request, request.POST["stop"])
    user, here, where = person(request), request.session.session_key, request.POST.get("where", "")
    if where == "everywhere":
        sessions.end_all(user, but=here)
    if where in {"everywhere", request.session.get(sessions.DETAILS, {}).get("name")}:
        logout(request)
        return redirect(settings.LOGOUT_REDIRECT_URL)
    if where == "others":
        sessions.end_all(user, but=here)
        messages.success(request, _("You’re logged out everywhere else."))
    elif sessions.end_one(user, where):
        messages.success(request, _("The session was logged out."))
    return redirect("accounts:sessions")


def _stop_notifying(request: HttpRequest, name: str) -> HttpResponse:
    if sessions.stop_notifying(person(request), name):
        messages.success(request, _("That browser is no longer notified."))
    return redirect("accounts:sessions")


@require_safe
@login_required
@never_cache
def download(request: HttpRequest) -> HttpResponse:
    held = json.dumps(
        personal_data.export(person(request)), cls=DjangoJSONEncoder, indent=2, ensure_ascii=False
    )
    response = HttpResponse(held, content_type="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="what-is-held-about-you.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@sensitive_post_parameters("current_password")
@never_cache
def delete(request: HttpRequest) -> HttpResponse:
    user = User.objects.get(pk=person(request).pk)
    context = {"days": RESERVED_FOR.days, "report_days": settings.REPORTS_KEPT_DAYS}
    counters = throttling.password_again(user)
    form = limited_form(
        request, "accounts/delete.html", partial(confirm_form, request), counters, **context
    )
    if isinstance(form, HttpResponse):
        return form
    logout(request)
    personal_data.delete_account(user)
    messages.success(request, _("Your account was deleted."))
    response = redirect(settings.LOGIN_URL)
    cookies.forget_device(response)
    return response
