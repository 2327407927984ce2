"""Find the client's address. Use the headers of a proxy only if the operator trusts it."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings

logger = logging.getLogger(__name__)

FORWARDING = {
    b"forwarded",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-port",
    b"x-forwarded-proto",
    b"x-forwarded-ssl",
    b"x-real-ip",
}
# Hide these from the application. Daphne uses the last one as the root path, even from clients.
DROPPED = FORWARDING | {b"daphne-root-path"}
# A key in the scope. It is set if the address is a proxy's, because the client's is unknown.
HIDDEN = "sotto.hidden"
# The value of that key if a trusted proxy sent a header that cannot be parsed.
UNREADABLE = "unreadable"
# Some gateways add a port: 192.0.2.7:51123, [2001:db8::7]:443 (RFC 7239, 6).
HOP = re.compile(r"(?:\[([^\]]+)\]|([0-9.]+))(?::[0-9]*)?")

Address = IPv4Address | IPv6Address
Forwarded = list[tuple[bytes, str]]


def with_client_address(application, count_unreadable: Callable[[], None] = lambda: None):
    """Wrap an ASGI application. Set `client` and `scheme` of the scope to those of the client that
    connected to the first trusted proxy.

    Each proxy appends its client's address to X-Forwarded-For. From the right, anything beyond the
    first untrusted address may be forged. Call `count_unreadable` for each request from a trusted
    proxy whose header cannot be parsed.
    """

    async def wrapped(scope, receive, send):
        scope = _resolved(scope)
        if scope.get(HIDDEN) == UNREADABLE:
            _warn()
            count_unreadable()
        return await application(scope, receive, send)

    return wrapped


@cache
def _warn() -> None:
    """Log a warning once per process. Leave out the header, which any client may have written."""
    logger.warning(
        "A proxy in TRUSTED_PROXIES sends an X-Forwarded-For that cannot be read: all its clients "
        "share one address and its limits. docs/deploy.md says which forms are read"
    )


def is_among(host: str, networks: Iterable[str]) -> bool:
    try:
        return _is_within(_address(host), networks)
    except ValueError:
        return False


def _resolved(scope: dict) -> dict:
    headers = scope["headers"]
    forwarded = [(name, value.decode("latin1")) for name, value in headers if name in FORWARDING]
    host, port = scope.get("client") or ("", 0)
    resolved = {
        **scope,
        "root_path": "",  # SITE_URL has no path
        "headers": [header for header in headers if header[0] not in DROPPED],
        "client": [_plain(host), port] if host else None,
    }
    if not forwarded:
        return resolved
    if not is_among(host, settings.TRUSTED_PROXIES):
        return {**resolved, HIDDEN: True}
    return resolved | _client_of(forwarded) | _scheme_of(forwarded, scope["type"])


def _client_of(forwarded: Forwarded) -> dict:
    if client := _client(_parts(forwarded, b"x-forwarded-for")):
        return {"client": [client, 0]}
    is_unreadable = any(name == b"x-forwarded-for" for name, _ in forwarded)
    return {HIDDEN: UNREADABLE if is_unreadable else True}


def _scheme_of(forwarded: Forwarded, kind: str) -> dict:
    scheme = next(_parts(forwarded, b"x-forwarded-proto"), "").lower()
    if scheme not in {"http", "https"}:
        return {}
    return {"scheme": scheme.replace("http", "ws") if kind == "websocket" else scheme}


def _parts(forwarded: Forwarded, wanted: bytes) -> Iterator[str]:
    """Yield the parts of a header from right to left. The nearest proxy's is the first."""
    whole = ",".join(value for name, value in forwarded if name == wanted)
    return (part.strip() for part in reversed(whole.split(",")) if part.strip())


def _client(hops: Iterable[str]) -> str:
    """Return the first untrusted address or, if all are trusted, the last one. Return "" if there
    are none, or if one up to there is invalid.
    """
    client = ""
    try:
        for hop in hops:
            address = _address(_without_port(hop))
            client = str(address)
            if not _is_within(address, settings.TRUSTED_PROXIES):
                break
    except ValueError:
        return ""
    return client


def _without_port(hop: str) -> str:
    hop = hop.strip('"')
    match = HOP.fullmatch(hop)
    return match[1] or match[2] if match else hop


def _plain(host: str) -> str:
    try:
        return str(_address(host))
    except ValueError:
        return host


def _address(host: str) -> Address:
    """Parse an address or raise ValueError. Unwrap IPv4-mapped IPv6. Drop a zone (fe80::1%eth0)."""
    address = ip_address(host)
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address))
    return address


def _is_within(address: Address, networks: Iterable[str]) -> bool:
    return any(address in _network(name) for name in networks)


_network = cache(ip_network)
