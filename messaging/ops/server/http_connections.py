"""HTTP connections of Daphne, with time-outs, size limits and our headers on error responses."""

from contextvars import Context
from http import HTTPStatus
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest  # type: ignore[import-untyped]
from django.conf import settings
from twisted.web.http import HTTPChannel
from twisted.web.http_headers import Headers

from messaging.domain.sizes import MAX_BODY

NO_STORE = ("Cache-Control", "no-store")
# Seconds in which a client must send the whole head and the whole body. A slow phone can send the
# largest report in this time. Incoming data does not extend it.
HEAD, BODY = 60, 120
READ_TIMEOUT = 300  # for a client to read the rest of a response before the connection closes


def _headers() -> list[tuple[bytes, bytes]]:
    headers = [
        *settings.SECURITY_HEADERS.items(),
        NO_STORE,
        ("Content-Type", "text/plain; charset=utf-8"),
    ]
    return [(name.encode(), value.encode()) for name, value in headers]


class DaphneRequest(WebRequest):
    """An HTTP request. Daphne itself responds to errors (400), failures (500), time-outs (503)."""

    def __init__(self, channel: "DaphneChannel", queued: bool) -> None:
        # Twisted would also parse forms, and block the event loop meanwhile.
        super().__init__(channel, queued, parsePOSTFormSubmission=False)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 - the library's name
        """Refuse a chunked body once it is too large."""
        if self.content.tell() + len(data) > MAX_BODY:
            self.channel.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            super().handleContentChunk(data)

    def process(self) -> None:
        """Remove the header that sets the root path. Use a new context; otherwise a pipelined
        request would share the previous request's thread, which ends early.
        """
        self.requestHeaders.removeHeader(b"Daphne-Root-Path")
        Context().run(super().process)

    def check_timeouts(self) -> None:
        """Exempt responses that have started, because pages without JavaScript load for hours."""
        if not self._response_started:
            super().check_timeouts()

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        text = f"{status} {status_text.decode()}\n".encode()
        self.handle_reply({"type": "http.response.start", "status": status, "headers": _headers()})
        self.handle_reply({"type": "http.response.body", "body": text})


class DaphneChannel(HTTPChannel):
    abortTimeout = READ_TIMEOUT  # noqa: N815 - the library's names, as below
    is_refused = False

    def resetTimeout(self) -> None:  # noqa: N802
        """Do nothing, so that incoming data does not extend the time-out."""

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        self.refuse(HTTPStatus.BAD_REQUEST)

    def allHeadersReceived(self) -> None:  # noqa: N802
        if self.length and self.length > MAX_BODY:
            return self.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        self.setTimeout(BODY)
        super().allHeadersReceived()

    def allContentReceived(self) -> None:  # noqa: N802
        """Ignore the end of a refused request, which Twisted may still parse."""
        if not self.is_refused:
            self.setTimeout(HEAD)  # Twisted disables the time-out until there is a response
            super().allContentReceived()

    def rawDataReceived(self, data: bytes) -> None:  # noqa: N802
        """Forward data that arrived together with a handshake. Twisted would keep it for the next
        request.
        """
        transport: Any = self.transport
        if transport.protocol is self:
            super().rawDataReceived(data)
        else:
            transport.protocol.dataReceived(data)

    def refuse(self, status: HTTPStatus) -> None:
        """Send an error, and ignore the rest of the request."""
        if self.is_refused:
            return
        self.is_refused = True
        headers = Headers()
        for name, value in [*_headers(), (b"Connection", b"close")]:
            headers.addRawHeader(name, value)
        self.writeHeaders(b"HTTP/1.1", b"%d" % status, status.phrase.encode(), headers)
        self.write(f"{status} {status.phrase}\n".encode())
        self.loseConnection()

    def _respondToBadRequestAndDisconnect(self) -> None:  # noqa: N802
        """Send the error with our headers. Twisted has no public hook for this response."""
        self.refuse(HTTPStatus.BAD_REQUEST)

    def loseConnection(self) -> None:  # noqa: N802
        """Close the connection once the client has read everything, or after READ_TIMEOUT."""
        super().loseConnection()
        self.setTimeout(READ_TIMEOUT)

    def timeoutConnection(self) -> None:  # noqa: N802
        transport: Any = self.transport
        if transport.disconnecting:
            transport.abortConnection()
        else:
            super().timeoutConnection()


class DaphneFactory(HTTPFactory):
    """Create these connections. Daphne's own could switch to HTTP/2, which requires TLS."""

    protocol = DaphneChannel

    def __init__(self, server) -> None:
        super().__init__(server)
        self.timeOut = HEAD

    def buildProtocol(self, addr):  # noqa: N802
        channel = super().buildProtocol(addr)
        channel.requestFactory = DaphneRequest
        return channel
