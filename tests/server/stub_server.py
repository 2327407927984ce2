"""A server of a few lines in a thread of its own, for what stands in front of servers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """GET and POST are answered alike, and noted nowhere."""

    def respond(self) -> None:
        raise NotImplementedError

    def do_GET(self):
        self.respond()

    def do_POST(self):
        self.respond()

    def log_message(self, *words):
        pass


@contextmanager
def answering(handler: type[Handler]) -> Iterator[int]:
    """Its port, as long as it answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()
