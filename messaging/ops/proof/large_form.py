"""A large form that does not end: meanwhile the server holds all that has come of it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from messaging.domain.sizes import MAX_BODY
from messaging.ops.proof.canary import Canary
from messaging.ops.proof.server import Server


@contextmanager
def unfinished(server: Server, canary: Canary) -> Iterator[None]:
    """Send as large a form as the server takes, except for the last byte."""
    field = urlencode({"q": f"{canary.text} "}).encode() + b"&"
    body = field * (MAX_BODY // len(field))
    head = f"POST / HTTP/1.1\r\nHost: {server.host}\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), 10) as wire:
        wire.sendall(head.encode() + body[:-1])
        yield
