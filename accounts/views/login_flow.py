"""Log in users after they gave the password, with or without a second factor."""

import time
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from accounts.auth import current_user, second_factor
from accounts.models import User
from accounts.views.responses import log_in_and_redirect, next_page

PENDING_LOGIN = "half_way"  # in the session, after the password and before the code
PENDING_LOGIN_SECONDS = 300  # seconds


def after_password(request: HttpRequest, user: User) -> HttpResponse:
    """Log in a user whose password was right, or ask for the second factor."""
    if second_factor.is_on(user):
        return _ask_for_code(request, user)
    return complete_login(request, user)


def complete_login(request: HttpRequest, user: User) -> HttpResponse:
    request.session.pop(PENDING_LOGIN, None)
    current_user.confirm(request)
    return log_in_and_redirect(request, user)


def half_logged_in(request: HttpRequest) -> User | None:
    """Return the user who gave the right password in the last five minutes, or None."""
    pk, password, since = request.session.get(PENDING_LOGIN, (None, "", 0))
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None or time.time() - since > PENDING_LOGIN_SECONDS:
        return None
    return user if constant_time_compare(password, user.get_session_auth_hash()) else None


def _ask_for_code(request: HttpRequest, user: User) -> HttpResponse:
    # Change the key, because an attacker may have planted this session in the browser.
    request.session.cycle_key()
    request.session[PENDING_LOGIN] = [user.pk, user.get_session_auth_hash(), int(time.time())]
    onward = next_page(request)
    return HttpResponseRedirect(
        reverse("accounts:log_in_code") + (f"?{urlencode({'next': onward})}" if onward else "")
    )
