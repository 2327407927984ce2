"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

admin.site.site_title = admin.site.site_header = settings.SITE_NAME
admin.site.index_title = "People"

handler400 = "config.errors.bad_request"

urlpatterns = [
    path("", include("messaging.urls")),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
]
