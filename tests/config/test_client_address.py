"""The client's address: headers of trusted proxies count, and no others."""

import pytest
from asgiref.testing import ApplicationCommunicator

from config.asgi_middleware import client_address
from config.asgi_middleware.client_address import DROPPED, HIDDEN, is_among, with_client_address
from messaging.delivery.counters import counts
from messaging.ops.health import count_unreadable_address

PROXIES = ["10.0.0.1/32", "10.9.0.0/16", "fd00::1/128"]
STRANGER, PROXY = "203.0.113.7", "10.0.0.1"


async def seen(client, *headers, kind="http", **more):
    """Return the scope that the application receives."""
    found = {}

    async def application(scope, receive, send):
        found.update(scope)

    given = [(b"host", b"localhost"), *((name.encode(), value.encode()) for name, value in headers)]
    scope = {"type": kind, "scheme": "http", "client": client and [client, 4711], **more}
    scope["headers"] = given
    before = {**scope, "headers": list(given)}
    served = with_client_address(application, count_unreadable_address)
    await ApplicationCommunicator(served, scope).wait()
    assert scope == before  # the server's own scope is not modified
    return found


@pytest.fixture(autouse=True)
def proxies(settings):
    settings.TRUSTED_PROXIES = PROXIES


@pytest.fixture(autouse=True)
def nothing_is_counted(monkeypatch):
    monkeypatch.setattr(counts, "unreadable_addresses", 0)


# The headers of a trusted proxy, and the resulting client.
NAMED = {
    "198.51.100.1": [
        *("198.51.100.1", "6.6.6.6, 198.51.100.1", "nonsense, 198.51.100.1"),
        *("6.6.6.6, 198.51.100.1,10.9.3.4 , 10.9.8.7", "::ffff:198.51.100.1"),
        # With ports, as some gateways write them.
        *("198.51.100.1:51123", '"198.51.100.1:51123"', "198.51.100.1:"),
        *("[::ffff:198.51.100.1]:443", "6.6.6.6, 198.51.100.1:51123, 10.9.3.4:80"),
    ],
    "2001:db8::1": [
        *("2001:DB8::1", "[2001:db8::1]:443", '"[2001:db8::1]:443"', '"[2001:db8::1]"'),
        *("[2001:db8::1]", "6.6.6.6:1, [2001:db8::1]:443, [fd00::1]:80"),
    ],
    "fe80::1": ["fe80::1%eth0", "[fe80::1%eth0]:443"],
    "10.9.8.7": ["10.9.8.7"],
    # No address.
    PROXY: [
        *("nonsense", "198.51.100.1, nonsense", "198.51.100.1:port", "198.51.100.1:80:80"),
        *("[198.51.100.1", "[]:80", "::ffff:198.51.100.1:80", "unknown", "", ","),
    ],
}


@pytest.mark.parametrize(
    ("peer", "told", "client"),
    [
        *((PROXY, told, client) for client, values in NAMED.items() for told in values),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("fd00::1", "198.51.100.1", "198.51.100.1"),
        ("fd00::1%eth0", "198.51.100.1", "198.51.100.1"),
        (STRANGER, "198.51.100.1", STRANGER),
        (STRANGER, "10.0.0.1", STRANGER),
        ("::ffff:203.0.113.7", "198.51.100.1", STRANGER),
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_the_client_is_the_nearest_address_that_is_not_a_trusted_proxy(
    peer, told, client, kind
):
    assert (await seen(peer, ("x-forwarded-for", told), kind=kind))["client"][0] == client


async def test_two_headers_are_read_as_one():
    headers = ("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "198.51.100.1, 10.9.0.1")
    assert (await seen(PROXY, *headers))["client"][0] == "198.51.100.1"


@pytest.mark.parametrize(
    ("peer", "told", "kind", "scheme"),
    [
        (PROXY, "https", "http", "https"),
        (PROXY, "HTTPS", "websocket", "wss"),
        (PROXY, "http, https", "http", "https"),
        (PROXY, "https, http", "http", "http"),
        (PROXY, "gopher", "http", "http"),
        (PROXY, "", "http", "http"),
        (STRANGER, "https", "http", "http"),
    ],
)
async def test_the_scheme_comes_from_the_nearest_proxy(peer, told, kind, scheme):
    assert (await seen(peer, ("x-forwarded-proto", told), kind=kind))["scheme"] == scheme


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("peer", [PROXY, STRANGER])
async def test_forwarding_headers_are_removed_afterwards(peer, kind):
    forged = ((name.decode(), "6.6.6.6") for name in DROPPED)
    told = await seen(peer, *forged, kind=kind, root_path="/6.6.6.6")
    assert told["headers"] == [(b"host", b"localhost")]
    assert told["root_path"] == ""


async def test_a_connection_without_an_address_is_not_trusted():
    told = await seen(None, ("x-forwarded-for", "198.51.100.1"))
    assert told["client"] is None


async def test_an_invalid_address_is_not_trusted():
    told = await seen("a file", ("x-forwarded-for", "198.51.100.1"))
    assert (told["client"][0], HIDDEN in told) == ("a file", True)


async def test_a_direct_request_keeps_its_address():
    told = await seen(STRANGER)
    assert (told["client"], HIDDEN in told) == ([STRANGER, 4711], False)


NOT_READ = "X-Forwarded-For that cannot be read"


@pytest.fixture
def log(caplog):
    client_address._warn.cache_clear()
    return caplog


async def test_an_unreadable_header_of_a_trusted_proxy_is_reported(log):
    for told in ("nonsense\r\nERROR forged: a line", "gopher", ""):
        await seen(PROXY, ("x-forwarded-for", told))
    assert counts.unreadable_addresses == 3
    assert log.text.count(NOT_READ) == 1
    assert "forged" not in log.text


@pytest.mark.parametrize(
    ("peer", "header", "told"),
    [
        (STRANGER, "x-forwarded-for", "nonsense"),
        (PROXY, "x-forwarded-proto", "https"),
        (PROXY, "x-forwarded-for", "::"),
    ],
)
async def test_a_header_of_an_untrusted_client_or_a_readable_one_is_not_reported(
    log, peer, header, told
):
    await seen(peer, (header, told))
    assert counts.unreadable_addresses == 0
    assert NOT_READ not in log.text


@pytest.mark.parametrize(
    ("peer", "told", "is_hidden"),
    [(STRANGER, "::1", True), (PROXY, "nonsense", True), (PROXY, "198.51.100.1", False)],
)
async def test_an_unknown_client_behind_a_proxy_is_recognised(peer, told, is_hidden):
    assert (HIDDEN in await seen(peer, ("x-forwarded-for", told))) is is_hidden


@pytest.mark.parametrize("host", ["", "unknown", "10.0.0.2", "::1"])
def test_an_invalid_address_is_not_among_the_networks(host):
    assert not is_among(host, PROXIES)
