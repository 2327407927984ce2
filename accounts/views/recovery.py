"""Pages for recovery codes and password reset links."""

from functools import partial

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.auth import cookies, recovery, throttling
from accounts.auth.current_user import person
from accounts.forms.password import MailForm, NewPasswordForm, RecoverForm, confirm_form
from accounts.views.responses import form_page, limited_form, post_data, too_many_attempts

FORM_METHODS = ["GET", "HEAD", "POST"]
LINK_COOKIE = "reset_link"  # the cookie with the number and token of a reset link
PASSWORD_CHANGED = gettext_lazy("Your password was changed. You can now log in.")


@require_http_methods(FORM_METHODS)
@login_required
@sensitive_post_parameters("current_password")
@never_cache
def codes(request: HttpRequest) -> HttpResponse:
    """Replace the recovery codes. Show the new ones once; reloading the page does not show them."""
    user, page = person(request), "accounts/recovery_codes.html"
    left, counters = user.recovery_codes.count(), throttling.password_again(user)
    form = limited_form(request, page, partial(confirm_form, request), counters, left=left)
    if isinstance(form, HttpResponse):
        return form
    return render(request, page, {"codes": recovery.make_codes(user)})


@require_http_methods(FORM_METHODS)
@sensitive_post_parameters("code", "new_password")
@never_cache
def recover(request: HttpRequest) -> HttpResponse:
    """Set a new password with a recovery code."""
    page, data, context = (
        "accounts/recover.html",
        post_data(request),
        {"has_mail": recovery.has_mail()},
    )
    if data and (seconds := throttling.wait([(throttling.RECOVERY, throttling.address(request))])):
        form = RecoverForm(None, initial={"username": data.get("username", "")})
        return too_many_attempts(request, page, form, seconds, **context)
    form = RecoverForm(data)
    if form.is_valid() and form.user:
        logout(request)
        recovery.set_password(form.user, form.cleaned_data["new_password"])
        messages.success(request, PASSWORD_CHANGED)
        return redirect("accounts:login")
    return form_page(request, page, form, **context)


@require_safe
@never_cache
def reset_link(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Move the token of a reset link from the URL, which others may see, into a cookie."""
    with transaction.atomic():
        if recovery.user_of_link(number, token) is None:
            return render(request, "accounts/link_invalid.html", status=410)
    response = redirect("accounts:new_password")
    cookies.set_signed_cookie(response, LINK_COOKIE, f"{number}/{token}")
    return response


@require_http_methods(FORM_METHODS)
@sensitive_post_parameters("new_password")
@never_cache
@transaction.atomic
def new_password(request: HttpRequest) -> HttpResponse:
    number, _slash, token = cookies.get_signed_cookie(request, LINK_COOKIE).partition("/")
    user = recovery.user_of_link(number, token)
    if user is None:
        return render(request, "accounts/link_invalid.html", status=410)
    form = NewPasswordForm(user, post_data(request))
    if not form.is_valid():
        return form_page(request, "accounts/new_password.html", form)
    logout(request)
    recovery.set_password(user, form.cleaned_data["new_password"])
    messages.success(request, PASSWORD_CHANGED)
    response = redirect("accounts:login")
    cookies.delete_signed_cookie(response, LINK_COOKIE)
    return response


@require_http_methods(FORM_METHODS)
@sensitive_post_parameters("email")
@never_cache
def mail_link(request: HttpRequest) -> HttpResponse:
    """Send a reset link. The response is the same for known and unknown addresses."""
    if not recovery.has_mail():
        raise Http404
    page, data = "accounts/mail_link.html", post_data(request)
    if data and (
        seconds := throttling.wait([(throttling.MAIL_ADDRESS, throttling.address(request))])
    ):
        form = MailForm(initial={"email": data.get("email", "")})
        return too_many_attempts(request, page, form, seconds)
    form = MailForm(data)
    if not form.is_valid():
        return form_page(request, page, form)
    recovery.send_links(form.cleaned_data["email"])
    words = _(
        "If an account uses this address, a reset link is on its way. It expires in one hour."
    )
    messages.success(request, words)
    return redirect("accounts:mail_link")
