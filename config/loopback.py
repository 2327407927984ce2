"""Addresses of this machine alone."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings


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
    return site.netloc if site.port else f"{site.netloc}:80"
