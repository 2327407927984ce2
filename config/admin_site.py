"""Django's admin, for staff only. Other users get a 404 for its URLs."""

from http import HTTPStatus

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
    """The admin site without Django's log-in page, which has no rate limits."""

    site_title = site_header = settings.SITE_NAME
    index_title = _("People")

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> TemplateResponse:
        unread = request.user.unread_reports()  # type: ignore[union-attr]  # staff are logged in
        return super().index(request, {"unread_reports": unread, **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        raise Http404

    def logout(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:  # type: ignore[override]
        if request.method != "POST":  # following a link must not log users out
            return HttpResponseNotAllowed(["POST"])
        auth.logout(request)
        return redirect(settings.LOGOUT_REDIRECT_URL)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict | None = None
    ) -> HttpResponse:
        return redirect("accounts:password")


def urlpatterns() -> list[URLPattern | URLResolver]:
    """Return the admin's routes if ADMIN is on. Without the first one, CommonMiddleware would
    redirect all users to /admin/ and so reveal it.
    """
    if not settings.ADMIN:
        return []
    return [
        path("admin", lambda request: redirect("admin:index"), name="administration"),
        path("admin/", site.urls),
    ]


@sync_only_middleware
class StaffOnly:
    """Return 404 to all other users, even where Django would first reject a form's CSRF token."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.NOT_FOUND:
            # Send this header with every 404. Otherwise it would reveal which URLs are the admin's.
            patch_vary_headers(response, ["Cookie"])
        return response

    def process_view(self, request: HttpRequest, view, arguments, keywords) -> None:
        match = request.resolver_match
        is_inside = match and ("admin" in match.app_names or match.view_name == "administration")
        if is_inside and not site.has_permission(request):
            raise Http404
