"""Every address of the site."""

from django.urls import include, path

from config.administration import addresses

handler400 = "config.errors.bad_request"

urlpatterns = [
    path("", include("messaging.urls")),
    path("accounts/", include("accounts.urls")),
    *addresses(),
]
