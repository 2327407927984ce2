"""Letting somebody in who has shown who they are; and in between, who has shown the first of two
things.
"""

import time
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from accounts.auth import current_user, second_factor
from accounts.models import User
from accounts.views.responses import let_in, next_page

KEY = "half_way"  # in the session: who has given the right password, and is not logged in
LASTS = 300  # seconds


def after_password(request: HttpRequest, user: User) -> HttpResponse:
    """Lets in whose password alone is enough; who has a second factor is led to the page that asks
    for it.
    """
    return _hold(request, user) if second_factor.is_on(user) else admit(request, user)


def admit(request: HttpRequest, user: User) -> HttpResponse:
    request.session.pop(KEY, None)
    current_user.confirm(request)
    return let_in(request, user)


def held(request: HttpRequest) -> User | None:
    """Who is half-way in; nobody after five minutes, or once the password is another one."""
    pk, password, since = request.session.get(KEY, (None, "", 0))
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None or time.time() - since > LASTS:
        return None
    return user if constant_time_compare(password, user.get_session_auth_hash()) else None


def _hold(request: HttpRequest, user: User) -> HttpResponse:
    # Who planted the id of this session in the browser would else be half-way in too.
    request.session.cycle_key()
    request.session[KEY] = [user.pk, user.get_session_auth_hash(), int(time.time())]
    onward = next_page(request)
    return HttpResponseRedirect(
        reverse("accounts:log_in_code") + (f"?{urlencode({'next': onward})}" if onward else "")
    )
