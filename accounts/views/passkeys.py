"""Pages for listing, adding, renaming and removing passkeys, and for logging in with one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.auth import passkeys, throttling, webauthn_challenges
from accounts.auth.current_user import person, recently_confirmed
from accounts.forms.passkeys import PasskeyNameForm
from accounts.views.login_flow import complete_login
from accounts.views.responses import form_page, next_page, post_data, redirect_to_next, try_again_in


def _asked(request: HttpRequest, options: str, challenge: bytes) -> HttpResponse:
    webauthn_challenges.store_challenge(request, challenge)
    return HttpResponse(options, content_type="application/json")


def _too_soon(request: HttpRequest) -> int:
    """Return 0, or the seconds to wait. Keys cannot be guessed, but checking them is expensive."""
    return throttling.wait([(throttling.PASSKEY_ADDRESS, throttling.address(request))])


@require_safe
@login_required
@never_cache
def passkey_list(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/passkeys.html", {"passkeys": person(request).passkeys.all()})


@require_http_methods(["GET", "HEAD", "POST"])
@recently_confirmed
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    form = PasskeyNameForm(post_data(request))
    if not form.is_valid():
        return form_page(request, "accounts/passkey_add.html", form)
    try:
        passkey = passkeys.add(
            person(request), *webauthn_challenges.posted_answer(request), form.cleaned_data["name"]
        )
    except passkeys.PasskeyRefused as refusal:
        form.add_error(None, str(refusal))
        return form_page(request, "accounts/passkey_add.html", form)
    words = _("Passkey “%(name)s” added. You can now log in with it.")
    messages.success(request, words % {"name": passkey.name})
    return redirect("accounts:passkeys")


@require_POST
@recently_confirmed
@never_cache
def add_options(request: HttpRequest) -> HttpResponse:
    return _asked(request, *webauthn_challenges.options_to_add(person(request)))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def name(request: HttpRequest, pk: int) -> HttpResponse:
    passkey = get_object_or_404(person(request).passkeys, pk=pk)
    form = PasskeyNameForm(post_data(request), initial={"name": passkey.name})
    if form.is_valid():
        passkey.name = form.cleaned_data["name"]
        passkey.save(update_fields=["name"])
        messages.success(request, _("Passkey renamed to “%(name)s”.") % {"name": passkey.name})
        return redirect("accounts:passkeys")
    return form_page(request, "accounts/passkey.html", form, passkey=passkey)


@require_http_methods(["GET", "HEAD", "POST"])
@recently_confirmed
@never_cache
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    passkey = get_object_or_404(person(request).passkeys, pk=pk)
    is_last_way = (
        not person(request).has_usable_password() and person(request).passkeys.count() == 1
    )
    if request.method == "POST" and not is_last_way:
        passkey.delete()
        words = _("Passkey “%(name)s” removed.")
        messages.success(request, words % {"name": passkey.name})
        return redirect("accounts:passkeys")
    return render(
        request, "accounts/passkey_remove.html", {"passkey": passkey, "is_last_way": is_last_way}
    )


@require_POST
@never_cache
def log_in_options(request: HttpRequest) -> HttpResponse:
    if seconds := _too_soon(request):
        return HttpResponse(status=429, headers={"Retry-After": str(seconds)})
    return _asked(request, *webauthn_challenges.options_to_log_in())


@require_POST
@never_cache
def log_in(request: HttpRequest) -> HttpResponse:
    """Log in without a code, because the device has verified its user."""
    if request.user.is_authenticated:
        return redirect_to_next(request)
    if seconds := _too_soon(request):
        words = _("Too many attempts. %(time)s")
        messages.error(request, words % {"time": try_again_in(seconds)})
        return redirect_to_login(next_page(request))
    try:
        user = passkeys.authenticate(*webauthn_challenges.posted_answer(request))
    except passkeys.PasskeyRefused as refusal:
        messages.error(request, str(refusal))
        return redirect_to_login(next_page(request))
    return complete_login(request, user)
