"""The decorator of views that need Redis."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from messaging.domain.messages import StateUnavailable

View = Callable[..., HttpResponse]


def service_unavailable(view: View) -> View:
    """Render a 503 page if the view raises StateUnavailable."""

    @wraps(view)
    def wrapper(request: HttpRequest, *arguments, **keywords) -> HttpResponse:
        try:
            return view(request, *arguments, **keywords)
        except StateUnavailable:
            return render(request, "503.html", status=503)

    return wrapper
