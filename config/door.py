"""A page whose session has ended is taken to the log-in page whole, instead of being shown it inside the roster."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.decorators import sync_only_middleware
from django_htmx.http import HttpResponseClientRedirect


@sync_only_middleware
def whole_page_to_the_door(get_response):
    """After `HtmxMiddleware`: XMLHttpRequest follows a redirect by itself, and htmx would draw what it finds there."""

    def middleware(request):
        response = get_response(request)
        if not (request.htmx and _is_door(response)):
            return response
        return HttpResponseClientRedirect(redirect_to_login(request.htmx.current_url_abs_path or "/").url)

    return middleware


def _is_door(response: HttpResponseBase) -> bool:
    return response.status_code == 302 and response.headers["Location"].startswith(resolve_url(settings.LOGIN_URL))
