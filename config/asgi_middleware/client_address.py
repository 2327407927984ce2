"""Who is at the other end: what a proxy says about it is believed of the proxies that the operator
names alone.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings

logger = logging.getLogger(__name__)

# None of them goes on to the application: whatever comes later has nothing left to believe.
FORWARDING = {
    b"forwarded",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-port",
    b"x-forwarded-proto",
    b"x-forwarded-ssl",
    b"x-real-ip",
}
# Daphne takes it as the path that the site lies beneath, whoever sends it.
DROPPED = FORWARDING | {b"daphne-root-path"}
# A key of the scope: somebody else stands behind the address that asks, and nobody knows who.
HIDDEN = "sotto.hidden"
# Its value where a proxy of ours has said who it is, in a form that is not known here.
UNREADABLE = "unreadable"
# With a port, as some gateways write it: 192.0.2.7:51123, [2001:db8::7]:443, with or without quotes
# (RFC 7239, 6).
HOP = re.compile(r"(?:\[([^\]]+)\]|([0-9.]+))(?::[0-9]*)?")
SCHEMES = {"http": {"http": "http", "https": "https"}, "websocket": {"http": "ws", "https": "wss"}}

Address = IPv4Address | IPv6Address


def seen_through_proxies(application, count_unreadable: Callable[[], None] = lambda: None):
    """Wraps an ASGI application: `scope["client"]` and `scope["scheme"]` are those of whoever asked
    the first proxy.

    Each proxy adds the address that it was asked from at the right of X-Forwarded-For. What stands
    left of the first one that is no proxy of ours was written by a stranger. `count_unreadable` is
    called for each request of a proxy of ours whose header cannot be read: all its clients then
    share its address, and the limits of one.
    """

    async def seen(scope, receive, send):
        scope = _seen(scope)
        if scope.get(HIDDEN) == UNREADABLE:
            _warn()
            count_unreadable()
        return await application(scope, receive, send)

    return seen


@cache
def _warn() -> None:
    """Log it once for each process. What the header says is not logged: anybody may have written
    it.
    """
    logger.warning(
        "A proxy in TRUSTED_PROXIES sends an X-Forwarded-For that cannot be read: all its clients "
        "share one address, "
        "and the limits of one. docs/deploy.md says which forms are read"
    )


def is_among(host: str, networks: Iterable[str]) -> bool:
    """Whether an address lies in one of these networks; what is no address lies in none."""
    try:
        return _is_within(_address(host), networks)
    except ValueError:
        return False


def _seen(scope: dict) -> dict:
    told = [
        (name, value.decode("latin1")) for name, value in scope["headers"] if name in FORWARDING
    ]
    host, port = scope.get("client") or ("", 0)
    headers = [header for header in scope["headers"] if header[0] not in DROPPED]
    # SITE_URL has no path, so a site never lies beneath one, whatever the server has made of a
    # header.
    seen = {
        **scope,
        "root_path": "",
        "headers": headers,
        "client": [_plain(host), port] if host else None,
    }
    if not told:
        return seen
    return seen | (
        _told(told, scope) if is_among(host, settings.TRUSTED_PROXIES) else {HIDDEN: True}
    )


def _told(told: list[tuple[bytes, str]], scope: dict) -> dict:
    """What a proxy of ours says about who asked it, as keys of the scope."""
    client = _client(_parts(told, b"x-forwarded-for"))
    is_unreadable = not client and any(name == b"x-forwarded-for" for name, _ in told)
    seen: dict = (
        {"client": [client, 0]} if client else {HIDDEN: UNREADABLE if is_unreadable else True}
    )
    scheme = SCHEMES[scope["type"]].get(next(_parts(told, b"x-forwarded-proto"), "").lower())
    return seen | ({"scheme": scheme} if scheme else {})


def _parts(told: list[tuple[bytes, str]], wanted: bytes) -> Iterator[str]:
    """The parts of a header from right to left, the nearest proxy's own first."""
    whole = ",".join(value for name, value in told if name == wanted)
    return (part.strip() for part in reversed(whole.split(",")) if part.strip())


def _client(hops: Iterable[str]) -> str:
    """The first address that is no proxy of ours; "" if there is none, or something in between that
    is no address.
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
    """As a socket for both kinds of addresses names an IPv4 address: without the part that
    says so.
    """
    try:
        return str(_address(host))
    except ValueError:
        return host


def _address(host: str) -> Address:
    """An IPv4 address as such, however it is written; without a zone (fe80::1%eth0), which means
    nothing elsewhere.
    """
    address = ip_address(host)
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address))
    return address


def _is_within(address: Address, networks: Iterable[str]) -> bool:
    return any(address in network for network in map(_network, networks))


@cache
def _network(name: str) -> IPv4Network | IPv6Network:
    return ip_network(name)
