"""Pages for signing up, logging in and out, and changing the password."""

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import invitations, sessions
from accounts.auth import cookies, throttling
from accounts.auth.current_user import person
from accounts.forms.authentication import LogInForm, SignUpForm
from accounts.forms.password import new_password_form
from accounts.views.invitations import INVITATION_COOKIE
from accounts.views.login_flow import after_password
from accounts.views.responses import (
    form_page,
    limited_form,
    log_in_and_redirect,
    post_data,
    redirect_to_next,
    too_many_attempts,
)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect_to_next(request)
    invitation = invitations.find_by_id(cookies.get_signed_cookie(request, INVITATION_COOKIE))
    if settings.SIGNUP != "open" and not invitation:
        return render(
            request, "accounts/sign_up_closed.html", {"policy": settings.SIGNUP}, status=403
        )
    page, data = "accounts/sign_up.html", post_data(request)
    if data and (seconds := throttling.wait([(throttling.SIGN_UP, throttling.address(request))])):
        typed = {name: data.get(name, "") for name in ("username", "email")}
        form = SignUpForm(initial=typed)
        return too_many_attempts(request, page, form, seconds, invitation=invitation)
    form = SignUpForm(data)
    if form.is_valid() and (user := form.sign_up(invitation)):
        response = log_in_and_redirect(request, user)
        cookies.delete_signed_cookie(response, INVITATION_COOKIE)
        return response
    return form_page(request, page, form, invitation=invitation)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@never_cache
def log_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect_to_next(request)
    page, data = "accounts/log_in.html", post_data(request)
    username, context = request.POST.get("username", ""), {"signup": settings.SIGNUP}
    counters = throttling.log_in(request, username) if data else []
    if seconds := throttling.wait(counters):
        return too_many_attempts(
            request,
            page,
            LogInForm(request, None, initial={"username": username}),
            seconds,
            **context,
        )
    form = LogInForm(request, data)
    if form.is_valid() and form.user:
        throttling.give_back(counters)
        return after_password(request, form.user)
    return form_page(request, page, form, **context)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@sensitive_post_parameters("current_password", "new_password")
@never_cache
def change_password(request: HttpRequest) -> HttpResponse:
    user, page = person(request), "accounts/change_password.html"
    form = limited_form(
        request, page, partial(new_password_form, request), throttling.password_again(user)
    )
    if isinstance(form, HttpResponse):
        return form
    user.set_password(form.cleaned_data["new_password"])  # slow, so hash before locking anything
    # At any time, open windows must find their session under either the old or the new key.
    with transaction.atomic():
        user.save(update_fields=["password"])
        update_session_auth_hash(request, user)
        request.session.save()
        sessions.end_all(user, but=request.session.session_key)
    messages.success(request, _("Your password was changed. Log in again on your other devices."))
    return redirect("accounts:password")
