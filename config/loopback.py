"""Addresses that are this machine's alone: what a site on one's own machine is asked by."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseRedirect
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_only_middleware


def is_loopback(host: str) -> bool:
    """Say whether a host, as a URL names it, is this machine for its own programs alone."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def listening_address() -> str:
    """Return where to listen for what a browser on this machine asks of SITE_URL, "" where it is elsewhere."""
    site = urlsplit(settings.SITE_URL)
    if site.scheme != "http" or not is_loopback(site.hostname or ""):
        return ""
    address = site.netloc if site.port else f"{site.netloc}:80"
    host, _, port = address.rpartition(":")
    # A browser knows where the names below localhost are; the system may not.
    return f"localhost:{port}" if host.endswith(".localhost") else address


@sync_only_middleware
def lead_to_site(get_response):
    """Lead from 127.0.0.1 and its like to SITE_URL, where that is another name of this machine: forms and sockets are
    taken there alone."""
    if not listening_address():
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method in {"GET", "HEAD"} and _is_another_name(request.META.get("HTTP_HOST", "")):
            return HttpResponseRedirect(settings.SITE_URL + request.get_full_path())
        return get_response(request)

    return middleware


def _is_another_name(asked: str) -> bool:
    host, port = split_domain_port(asked)
    is_here = (port or "80") == listening_address().rpartition(":")[2]
    return is_here and is_loopback(host) and not validate_host(host, settings.ALLOWED_HOSTS)
