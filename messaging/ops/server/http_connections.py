"""What Daphne answers by itself, before or instead of the application: with our headers, and
without its own page.
"""

from contextvars import Context
from http import HTTPStatus
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest  # type: ignore[import-untyped]
from django.conf import settings
from twisted.web.http import HTTPChannel
from twisted.web.http_headers import Headers

from messaging.domain.sizes import MAX_BODY

NO_STORE = ("Cache-Control", "no-store")
# Seconds. Bytes that come one by one buy no more: a request has so long for its head, counted from
# the connection or from the answer before it, and for its body, which is a phone far away with the
# largest report.
HEAD, BODY = 60, 120
TAKING = 300  # seconds for a client to take the rest of an answer after which its connection ends


def _headers() -> list[tuple[bytes, bytes]]:
    headers = [
        *settings.SECURITY_HEADERS.items(),
        NO_STORE,
        ("Content-Type", "text/plain; charset=utf-8"),
    ]
    return [(name.encode(), value.encode()) for name, value in headers]


class DaphneRequest(WebRequest):
    """An HTTP request that Daphne refuses (400), or that the application failed (500) or left
    waiting (503).
    """

    def __init__(self, channel: "DaphneChannel", queued: bool) -> None:
        # The application reads the fields of a form. Twisted would do so before it, and block the
        # event loop meanwhile.
        super().__init__(channel, queued, parsePOSTFormSubmission=False)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 - the library's word
        """Take in a part of the body, unless it is longer than was known before."""
        if self.content.tell() + len(data) > MAX_BODY:
            self.channel.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            super().handleContentChunk(data)

    def process(self) -> None:
        """Hand it to the application, without a header that Daphne takes from anyone as the path
        beneath which the site lies. One that was sent together with another one would begin in the
        task of that one, and share its thread for the database, which goes with it.
        """
        self.requestHeaders.removeHeader(b"Daphne-Root-Path")
        Context().run(super().process)

    def check_timeouts(self) -> None:
        """Whose answer has begun is not left waiting: a page without JavaScript is loaded for as
        long as it is open.
        """
        if not self._response_started:
            super().check_timeouts()

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        text = f"{status} {status_text.decode()}\n".encode()
        self.handle_reply({"type": "http.response.start", "status": status, "headers": _headers()})
        self.handle_reply({"type": "http.response.body", "body": text})


class DaphneChannel(HTTPChannel):
    """A connection over which such requests come."""

    abortTimeout = TAKING  # noqa: N815 - the library's words, as below
    is_refused = False

    def resetTimeout(self) -> None:  # noqa: N802
        """Give no more time because something has come."""

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        self.refuse(HTTPStatus.BAD_REQUEST)

    def allHeadersReceived(self) -> None:  # noqa: N802
        """Go on to the body, unless its length says that nobody will read it."""
        if self.length and self.length > MAX_BODY:
            return self.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        self.setTimeout(BODY)
        super().allHeadersReceived()

    def allContentReceived(self) -> None:  # noqa: N802
        """Hand the request on. Of one that was refused, what had been read already may still be
        parsed.
        """
        if not self.is_refused:
            self.setTimeout(HEAD)  # which the library puts away until there is an answer
            super().allContentReceived()

    def rawDataReceived(self, data: bytes) -> None:  # noqa: N802
        """Hand on what came together with the head of a handshake. The library would keep it for
        the next request.
        """
        transport: Any = self.transport
        if transport.protocol is self:
            super().rawDataReceived(data)
        else:
            transport.protocol.dataReceived(data)

    def refuse(self, status: HTTPStatus) -> None:
        """Answer what is no request, or too large a one, and read no more of it."""
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
        """Twisted writes a bare status line here, and has no other place where that could be
        changed.
        """
        self.refuse(HTTPStatus.BAD_REQUEST)

    def loseConnection(self) -> None:  # noqa: N802
        """End the connection as soon as the client has taken what was written, or when it has had
        long enough.
        """
        super().loseConnection()
        self.setTimeout(TAKING)

    def timeoutConnection(self) -> None:  # noqa: N802
        transport: Any = self.transport
        if transport.disconnecting:
            transport.abortConnection()
        else:
            super().timeoutConnection()


class DaphneFactory(HTTPFactory):
    """Makes these connections. Daphne would make ones that can change to HTTP/2, which begins
    within TLS.
    """

    protocol = DaphneChannel

    def __init__(self, server) -> None:
        super().__init__(server)
        self.timeOut = HEAD

    def buildProtocol(self, addr):  # noqa: N802
        channel = super().buildProtocol(addr)
        channel.requestFactory = DaphneRequest
        return channel
