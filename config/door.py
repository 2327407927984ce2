"""A page whose session has ended is taken to the log-in page whole, instead of being shown it inside the roster."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import resolve_url
from django.utils.deprecation import MiddlewareMixin
from django_htmx.http import HttpResponseClientRedirect


class WholePageToTheDoor(MiddlewareMixin):
    """After `HtmxMiddleware`: XMLHttpRequest follows a redirect by itself, and htmx would draw what it finds there."""

    def process_response(self, request, response):
        is_door = response.status_code == 302 and response.url.startswith(resolve_url(settings.LOGIN_URL))
        if not (request.htmx and is_door):
            return response
        return HttpResponseClientRedirect(redirect_to_login(request.htmx.current_url_abs_path or "/").url)
