"""The page that lists where one is signed in, and signs one out there."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import sessions
from accounts.auth.current_user import person


@require_safe
@login_required
@never_cache
def devices(request: HttpRequest) -> HttpResponse:
    places = sessions.of(person(request), request.session.session_key)
    return render(request, "accounts/devices.html", {"places": places})


@require_POST
@login_required
@never_cache
def end(request: HttpRequest) -> HttpResponse:
    """Signs one place out, all others, or all."""
    user, here, where = person(request), request.session.session_key, request.POST.get("where", "")
    if where == "everywhere":
        sessions.end_all(user, but=here)
    if where in {"everywhere", request.session.get(sessions.SIGN_IN, {}).get("name")}:
        logout(request)
        return redirect(settings.LOGOUT_REDIRECT_URL)
    if where == "others":
        sessions.end_all(user, but=here)
        messages.success(request, _("You’re logged out everywhere else."))
    elif sessions.end(user, where):
        messages.success(request, _("The session was logged out."))
    return redirect("accounts:devices")
