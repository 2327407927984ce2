"""Every address of the site."""

from django.urls import include, path
from django.views.i18n import set_language

from config.administration import addresses
from config.installing import urlpatterns as installing

handler400 = "config.errors.bad_request"

urlpatterns = [
    path("", include("messaging.urls")),
    path("accounts/", include("accounts.urls")),
    path("language/", set_language, name="language"),
    *installing,
    *addresses(),
]
