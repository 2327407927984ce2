"""Redirect requests for other names of this machine to SITE_URL."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseRedirect
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import sync_only_middleware

from config.site_addresses import is_loopback


def listening_address() -> str:
    """Return HOST:PORT of SITE_URL if it is an http URL of a loopback address, else ""."""
    site = urlsplit(settings.SITE_URL)
    if site.scheme != "http" or not is_loopback(site.hostname or ""):
        return ""
    address = site.netloc if site.port else f"{site.netloc}:80"
    host, _, port = address.rpartition(":")
    # Browsers resolve subdomains of localhost, but the system may not.
    return f"localhost:{port}" if host.endswith(".localhost") else address


@sync_only_middleware
def redirect_to_site(get_response):
    """Redirect from 127.0.0.1, 0.0.0.0 and similar hosts, because only SITE_URL accepts forms and
    WebSockets. For all other hosts, show a page that names SITE_URL, even with DEBUG.
    """
    if not listening_address():
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponseBase:
        asked = request.META.get("HTTP_HOST", "")
        host, port = split_domain_port(asked)
        if not asked or validate_host(host, settings.ALLOWED_HOSTS):
            return get_response(request)
        is_here = (
            _is_this_machine(host) and (port or "80") == listening_address().rpartition(":")[2]
        )
        if is_here and request.method in {"GET", "HEAD"}:
            return HttpResponseRedirect(settings.SITE_URL + request.get_full_path())
        return render(request, "400.html", status=400) if settings.DEBUG else get_response(request)

    return middleware


def _is_this_machine(host: str) -> bool:
    return is_loopback(host) or host in {"0.0.0.0", "[::]"}  # noqa: S104 - what `runserver 0.0.0.0:8000` prints
