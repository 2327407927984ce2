"""A page whose session has ended is taken to the log-in page whole, instead of being shown it
inside the roster.
"""

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
def whole_page_to_the_door(get_response):
    """After `HtmxMiddleware`: XMLHttpRequest follows a redirect by itself, and htmx would draw what
    it finds there.
    """

    def middleware(request):
        response = get_response(request)
        if not (
            request.htmx and (_is_door(response) or _is_of_a_former_session(request, response))
        ):
            return response
        messages.warning(request, _("You’re logged out."))
        return HttpResponseClientRedirect(
            redirect_to_login(request.htmx.current_url_abs_path or "/").url
        )

    return middleware


def _is_door(response: HttpResponseBase) -> bool:
    return response.status_code == HTTPStatus.FOUND and response.headers["Location"].startswith(
        resolve_url(settings.LOGIN_URL)
    )


def _is_of_a_former_session(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Say whether a form was refused (CSRF) because the cookies are not those with which its page
    was opened.
    """
    return response.status_code == HTTPStatus.FORBIDDEN and not request.user.is_authenticated
