"""What a page says while the memory that several processes share is away: nothing of it can be
looked at or counted.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from messaging.domain.messages import StateUnavailable

View = Callable[..., HttpResponse]


def service_unavailable(view: View) -> View:
    """503 in words where the view meets Unreachable."""

    @wraps(view)
    def wrapper(request: HttpRequest, *arguments, **keywords) -> HttpResponse:
        try:
            return view(request, *arguments, **keywords)
        except StateUnavailable:
            return render(request, "503.html", status=503)

    return wrapper
