"""Every address of the site."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.i18n import set_language

from config.admin_site import addresses
from config.pwa import urlpatterns as installing


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return a page that names the site's address: often somebody opened 127.0.0.1 instead of
    localhost.
    """
    return render(request, "400.html", status=400)


handler400 = bad_request

urlpatterns = [
    path("", include("messaging.urls")),
    path("accounts/", include("accounts.urls")),
    path("language/", set_language, name="language"),
    *installing,
    *addresses(),
]
