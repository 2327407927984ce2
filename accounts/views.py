"""Pages for signing up, in and out, and for a new password."""

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import LogInForm, PasswordChangeForm, SignUpForm, focus
from accounts.models import User

LONGEST_NEXT = 1000


def _next(request: HttpRequest) -> str:
    """The page of this site that somebody was on the way to, or nothing: `next` is anybody's to write."""
    asked = request.POST.get("next", request.GET.get("next", ""))
    is_ours = asked.startswith("/") and len(asked) <= LONGEST_NEXT
    return asked if is_ours and url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""


def _onward(request: HttpRequest) -> HttpResponse:
    on_the_way_to = _next(request)
    return HttpResponseRedirect(on_the_way_to) if on_the_way_to else redirect(settings.LOGIN_REDIRECT_URL)


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _form_page(request: HttpRequest, template: str, form: BaseForm) -> HttpResponse:
    focus(form)
    return render(request, template, {"form": form, "next": _next(request)}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return _onward(request)
    form = SignUpForm(_posted(request))
    if form.is_valid() and (user := form.sign_up()):
        login(request, user)
        return _onward(request)
    return _form_page(request, "accounts/sign_up.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@never_cache
def log_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return _onward(request)
    form = LogInForm(request, _posted(request))
    if form.is_valid():
        login(request, form.user)
        return _onward(request)
    return _form_page(request, "accounts/log_in.html", form)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@sensitive_post_parameters("current_password", "new_password")
@never_cache
def change_password(request: HttpRequest) -> HttpResponse:
    form = PasswordChangeForm(cast(User, request.user), _posted(request))
    if form.is_valid():
        form.save()
        update_session_auth_hash(request, form.user)
        messages.success(request, "Your password is changed. Your other devices have to log in again.")
        return redirect("accounts:password")
    return _form_page(request, "accounts/change_password.html", form)
