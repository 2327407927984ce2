"""The logged-in user, and whether they have recently confirmed their identity."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.models import User

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponse]

CONFIRMED_AT = "confirmed_at"  # in the session: seconds since 1970
CONFIRMED_FOR = 300  # seconds


def person(request: HttpRequest) -> User:
    """Return the user of a request that has passed `login_required`."""
    return cast(User, request.user)


def confirm(request: HttpRequest) -> None:
    """Record that the user has just confirmed their identity."""
    request.session[CONFIRMED_AT] = int(time.time())


def is_recently_confirmed(request: HttpRequest) -> bool:
    return 0 <= time.time() - request.session.get(CONFIRMED_AT, 0) <= CONFIRMED_FOR


def recently_confirmed(view: View[Rest]) -> View[Rest]:
    """Redirect to the confirmation page, unless the user has recently confirmed their identity."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Rest.args, **named: Rest.kwargs) -> HttpResponse:
        if is_recently_confirmed(request):
            return view(request, *args, **named)
        return HttpResponseRedirect(
            f"{reverse('accounts:confirm')}?{urlencode({'next': request.path})}"
        )

    return guarded
