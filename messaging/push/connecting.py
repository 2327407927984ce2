"""Connect to push services for a limited time, whatever they do."""

import socket
import ssl
import time
from functools import cache
from typing import Any, cast

PORT = 443


class TimedSocket(ssl.SSLSocket):
    """Raise TimeoutError after `until`. A timeout alone begins again with each byte that comes."""

    until = 0.0

    def recv_into(self, *arguments: Any, **keywords: Any) -> int:
        self.settimeout(seconds_left(self.until))
        return super().recv_into(*arguments, **keywords)


def connect(host: str, until: float) -> TimedSocket:
    """Return a connection that ends at `until`. Looking up the host has the resolver's limit."""
    plain = _connect_to_any(socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM), until)
    plain.settimeout(seconds_left(until))  # for the whole handshake
    secured = cast(TimedSocket, tls().wrap_socket(plain, server_hostname=host))
    secured.until = until
    return secured


def _connect_to_any(found: list[Any], until: float) -> socket.socket:
    """Try each address. Together, those without an answer take at most half of the time."""
    failure = OSError("no address")
    share = seconds_left(until) / 2 / max(1, len(found))
    for *_, address in found:
        try:
            return socket.create_connection(address[:2], share)
        except OSError as error:
            failure = error
    raise failure


def seconds_left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@cache
def tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.sslsocket_class = TimedSocket
    return context
