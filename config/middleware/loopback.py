"""Addresses that are this machine's alone: what a site on one's own machine is asked by."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseRedirect
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import sync_only_middleware


def is_loopback(host: str) -> bool:
    """Say whether a host, as a URL names it, is this machine for its own programs alone."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def listening_address() -> str:
    """Return where to listen for what a browser on this machine asks of SITE_URL, "" where it is
    elsewhere.
    """
    site = urlsplit(settings.SITE_URL)
    if site.scheme != "http" or not is_loopback(site.hostname or ""):
        return ""
    address = site.netloc if site.port else f"{site.netloc}:80"
    host, _, port = address.rpartition(":")
    # A browser knows where the names below localhost are; the system may not.
    return f"localhost:{port}" if host.endswith(".localhost") else address


@sync_only_middleware
def lead_to_site(get_response):
    """Lead from 127.0.0.1, 0.0.0.0 and the like to SITE_URL, where that is another name of this
    machine: forms and sockets are taken there alone. At other addresses say where to go, with DEBUG
    too, where Django's page would not.
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
