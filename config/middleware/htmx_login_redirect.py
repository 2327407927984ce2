"""Redirect the whole page to the log-in page if the session has ended before an htmx request."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.decorators import sync_only_middleware
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect


@sync_only_middleware
def redirect_whole_page(get_response):
    """Redirect with a header that htmx reads. XMLHttpRequest would follow a normal redirect, and
    htmx would put the log-in page into a part of the current one. Must come after `HtmxMiddleware`.
    """

    def middleware(request):
        response = get_response(request)
        is_logged_out = _is_login_redirect(response) or _is_stale_form(request, response)
        if not (request.htmx and is_logged_out):
            return response
        messages.warning(request, _("You’re logged out."))
        return HttpResponseClientRedirect(
            redirect_to_login(request.htmx.current_url_abs_path or "/").url
        )

    return middleware


def _is_login_redirect(response: HttpResponseBase) -> bool:
    return response.status_code == HTTPStatus.FOUND and response.headers["Location"].startswith(
        resolve_url(settings.LOGIN_URL)
    )


def _is_stale_form(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Return whether CSRF protection rejected a form because its page's session has ended."""
    return response.status_code == HTTPStatus.FORBIDDEN and not request.user.is_authenticated
