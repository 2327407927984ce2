"""Before the ways into an account are changed, its owner shows again that it is them: a window may
stand open.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponse]

KEY = "confirmed_at"  # in the session: seconds since 1970
LASTS = 300  # seconds


def confirm(request: HttpRequest) -> None:
    """Notes that the person has just shown who they are."""
    request.session[KEY] = int(time.time())


def is_recent(request: HttpRequest) -> bool:
    return 0 <= time.time() - request.session.get(KEY, 0) <= LASTS


def recently_confirmed(view: View[Rest]) -> View[Rest]:
    """Leads somebody who has not, to the page that asks for the password, and back here
    afterwards.
    """

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Rest.args, **named: Rest.kwargs) -> HttpResponse:
        if is_recent(request):
            return view(request, *args, **named)
        return HttpResponseRedirect(
            f"{reverse('accounts:confirm')}?{urlencode({'next': request.path})}"
        )

    return guarded
