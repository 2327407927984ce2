"""A stub server in a thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """Answer GET and POST in the same way, without a log."""

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
    """Run the server, and yield its port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()
