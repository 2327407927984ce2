"""The site's root URLconf."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.i18n import set_language

from config import admin_site, pwa


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show the site's URL, because users often open 127.0.0.1 instead of localhost."""
    return render(request, "400.html", status=400)


handler400 = bad_request

urlpatterns = [
    path("", include("messaging.urls")),
    path("accounts/", include("accounts.urls")),
    path("language/", set_language, name="language"),
    *pwa.urlpatterns,
    *admin_site.urlpatterns(),
]
