"""Pages for turning two-step verification on and off, and for entering a code to log in."""

import base64
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts import qr_codes
from accounts.auth import current_user, second_factor, throttling, totp
from accounts.auth.current_user import person, recently_confirmed
from accounts.encryption import Unreadable, decrypt, encrypt
from accounts.forms.password import confirm_form
from accounts.forms.second_factor import CodeForm, FirstCodeForm
from accounts.views import login_flow
from accounts.views.responses import form_page, limited_form, post_data, redirect_to_next

# The session key of the secret that the page shows. It is encrypted, and kept until it is used.
PENDING_KEY = "second_factor_secret"
TOO_LATE = gettext_lazy("That took too long. Please log in again.")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code")
@never_cache
def log_in_code(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect_to_next(request)
    user = login_flow.half_logged_in(request)
    if user is None:
        messages.warning(request, TOO_LATE)
        return redirect(settings.LOGIN_URL)
    page = "accounts/second_factor_code.html"
    form = limited_form(request, page, partial(CodeForm, user), throttling.second_factor(user))
    return form if isinstance(form, HttpResponse) else login_flow.complete_login(request, user)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@sensitive_post_parameters("current_password")
@never_cache
def confirm(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = limited_form(
        request,
        "accounts/confirm.html",
        partial(confirm_form, request),
        throttling.password_again(user),
    )
    if isinstance(form, HttpResponse):
        return form
    current_user.confirm(request)
    return redirect_to_next(request)


@require_safe
@login_required
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    user = person(request)
    context = {"is_on": second_factor.is_on(user), "codes": user.recovery_codes.count()}
    return render(request, "accounts/second_factor.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@recently_confirmed
@sensitive_post_parameters("code")
@sensitive_variables("secret")
@never_cache
def turn_on(request: HttpRequest) -> HttpResponse:
    secret = _pending_secret(request)
    form = FirstCodeForm(person(request), secret, post_data(request))
    if form.is_valid():
        del request.session[PENDING_KEY]
        messages.success(request, _("Two-step verification is now on."))
        return redirect("accounts:second_factor")
    address = totp.provisioning_uri(secret, person(request).username, settings.SITE_NAME)
    shown = {
        "address": address,
        "square": qr_codes.draw(address),
        "letters": totp.as_base32(secret),
    }
    return form_page(request, "accounts/second_factor_on.html", form, **shown)


def _pending_secret(request: HttpRequest) -> bytes:
    """Return the same secret until it is used, because an app may already have stored it."""
    try:
        return decrypt(
            second_factor.PURPOSE, base64.b64decode(request.session.get(PENDING_KEY, ""))
        )
    except Unreadable:
        secret = totp.new_secret()
        request.session[PENDING_KEY] = base64.b64encode(
            encrypt(second_factor.PURPOSE, secret)
        ).decode()
        return secret


@require_http_methods(["GET", "HEAD", "POST"])
@recently_confirmed
@never_cache
def turn_off(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "accounts/second_factor_off.html")
    second_factor.turn_off(person(request))
    messages.success(request, _("Two-step verification is now off."))
    return redirect("accounts:second_factor")
