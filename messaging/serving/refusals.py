"""What Daphne answers by itself, before or instead of the application: with our headers, and without its own page."""

from daphne.http_protocol import HTTPFactory, WebRequest  # type: ignore[import-untyped]
from daphne.ws_protocol import WebSocketProtocol  # type: ignore[import-untyped]
from django.conf import settings

NO_STORE = ("Cache-Control", "no-store")


class Request(WebRequest):
    """An HTTP request that Daphne refuses (400), or that the application failed (500) or left waiting (503)."""

    def process(self):
        # Daphne would take it as the path that the site lies beneath, whoever sends it, and fail if it is not ASCII.
        self.requestHeaders.removeHeader(b"Daphne-Root-Path")
        return super().process()

    def check_timeouts(self) -> None:
        """Whose answer has begun is not left waiting: a page without JavaScript is loaded for as long as it is open."""
        if not self._response_started:
            super().check_timeouts()

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        text = f"{status} {status_text.decode()}\n".encode()
        headers = [*settings.SECURITY_HEADERS.items(), NO_STORE, ("Content-Type", "text/plain; charset=utf-8")]
        encoded = [(name.encode(), value.encode()) for name, value in headers]
        self.handle_reply({"type": "http.response.start", "status": status, "headers": encoded})
        self.handle_reply({"type": "http.response.body", "body": text})


class Factory(HTTPFactory):
    """Makes the wires over which such requests come."""

    def buildProtocol(self, addr):  # noqa: N802 - the library's word
        wire = super().buildProtocol(addr)
        wire.requestFactory = Request
        return wire


class Socket(WebSocketProtocol):
    """A socket whose handshake was refused."""

    def sendHttpErrorResponse(self, code, reason, responseHeaders=None):  # noqa: N802, N803 - the library's words
        headers = [*(responseHeaders or ()), *settings.SECURITY_HEADERS.items(), NO_STORE, ("Content-Length", "0")]
        super().sendHttpErrorResponse(code, reason, headers)
