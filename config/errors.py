"""The one error page that must know more than Django tells it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Most often somebody opened 127.0.0.1 where the site is called localhost: the page says where to go."""
    return render(request, "400.html", status=400)
