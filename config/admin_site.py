"""Django's administration as this site has it: for staff alone, and nowhere to be seen for anybody
else.
"""

from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.contrib import auth
from django.contrib.admin import AdminSite, site
from django.contrib.admin.apps import AdminConfig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_only_middleware
from django.utils.translation import gettext_lazy as _


class App(AdminConfig):
    default_site = "config.admin_site.Administration"


class Administration(AdminSite):
    """It has no doors of its own: nothing would keep them from being hammered."""

    site_title = site_header = settings.SITE_NAME
    index_title = _("People")

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> TemplateResponse:
        """With what waits to be read, as a number alone."""
        unread = cast(Any, request.user).unread_reports()
        return super().index(request, {"unread_reports": unread, **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        raise Http404

    def logout(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:  # type: ignore[override]
        if request.method != "POST":  # nobody is logged out by a link
            return HttpResponseNotAllowed(["POST"])
        auth.logout(request)
        return redirect(settings.LOGOUT_REDIRECT_URL)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict | None = None
    ) -> HttpResponse:
        return redirect("accounts:password")


def addresses() -> list[URLPattern | URLResolver]:
    """Its addresses, if the operator wants it. The one without a slash is there so that nobody is
    led to the other.
    """
    if not settings.ADMIN:
        return []
    return [
        path("admin", lambda request: redirect("admin:index"), name="administration"),
        path("admin/", site.urls),
    ]


@sync_only_middleware
class StaffAlone:
    """Before the check of a form's token: whoever is no staff is told what is told of any address
    without a page.
    """

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.NOT_FOUND:
            # Said at once of all of them, or it would tell where somebody's session was looked at.
            patch_vary_headers(response, ["Cookie"])
        return response

    def process_view(self, request: HttpRequest, view, arguments, keywords) -> None:
        match = request.resolver_match
        is_inside = match and ("admin" in match.app_names or match.view_name == "administration")
        if is_inside and not site.has_permission(request):
            raise Http404
