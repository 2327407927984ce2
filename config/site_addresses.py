"""Read variables that contain host names, networks, origins and e-mail addresses."""

import re
from email.utils import parseaddr
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

import idna
from django.core.mail.message import sanitize_address

from config.environment import listed, refuse, text

HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
HOST_PATTERN = re.compile(rf"\*|\[[0-9a-f:]+\]|\.?{HOST.pattern}")
# Browsers parse a host that ends in a number as an IPv4 address (WHATWG URL, 3.5).
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
LONGEST_LABEL = 63  # characters between two dots (RFC 1035)
DEFAULT_PORTS = {"http": 80, "https": 443}


def hosts(name: str, default: str = "") -> list[str]:
    found = listed(name, default)
    if not all(map(HOST_PATTERN.fullmatch, found)):
        refuse(name, "must be host names, without scheme, port or path, separated by commas")
    return found


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def networks(name: str, default: str = "") -> list[str]:
    """Return the variable as networks (`10.0.0.0/8`). A single address becomes a network."""
    try:
        return [str(ip_network(each)) for each in listed(name, default)]
    except ValueError:
        refuse(name, "must be addresses or networks such as 10.0.0.0/8, separated by commas")


def sender(name: str, default: str) -> str:
    """Return the variable as a From header: an address, or a name and an address."""
    value = text(name)
    if not value:
        return default
    try:
        _, address = parseaddr(sanitize_address(value, "utf-8"))
    except ValueError:
        address = ""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        refuse(
            name, "must be an address such as no-reply@example.org, or Chat <no-reply@example.org>"
        )
    return value


def push_contact(name: str, default: str, *, is_required: bool) -> str:
    """Return the variable as a URL at which a push service can reach the operator."""
    value = text(name, default) or default
    if re.fullmatch(r"[^@\s:/?#]+@[^@\s:/?#]+", value):
        return f"mailto:{value}"
    is_https = re.fullmatch(rf"https://{HOST.pattern}(:[0-9]+)?(/[!-~]*)?", value)
    if not is_https and (value or is_required):
        refuse(name, "must be an address such as admin@example.org, or one with https")
    return value


def push_services(name: str, default: str) -> list[str]:
    """Return the variable as host names. One with a dot in front stands for all names below it."""
    found = hosts(name, default)
    if any("." not in host.strip(".") or NUMBER.fullmatch(host.split(".")[-1]) for host in found):
        refuse(name, "must be full host names, because requests are sent to them")
    return found


def origin(name: str, default: str) -> str:
    return _origin(name, text(name, default))


def origins(name: str) -> list[str]:
    return [_origin(name, each) for each in listed(name)]


def _origin(name: str, url: str) -> str:
    """Return scheme, host and any non-default port, as browsers write them (RFC 6454)."""
    try:
        parts = urlsplit(url)
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        host, port = "", 0
    is_origin = (
        host
        and port != 0
        and parts.scheme in DEFAULT_PORTS
        and parts.path in {"", "/"}
        and not (parts.username or parts.password or parts.query or parts.fragment)
    )
    if not is_origin:
        refuse(name, "must be an address such as https://chat.example.org, without a path")
    is_default = port in {None, DEFAULT_PORTS[parts.scheme]}
    return f"{parts.scheme}://{host}" + ("" if is_default else f":{port}")


def _host(name: str) -> str:
    """Return a host as browsers write it: an IPv6 address in brackets, or a name in ASCII (UTS 46,
    nontransitional). Raise ValueError if it is invalid.
    """
    if ":" in name and "%" not in name:  # browsers reject zones
        return f"[{IPv6Address(name)}]"
    labels = [_label(label) for label in idna.uts46_remap(name, std3_rules=False).split(".")]
    name = ".".join(labels)
    if NUMBER.fullmatch(labels[-1]):
        return str(IPv4Address(name))
    if not HOST.fullmatch(name) or max(map(len, labels)) > LONGEST_LABEL:
        raise ValueError(name)
    return name


def _label(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode()}"
