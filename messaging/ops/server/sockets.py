"""A WebSocket below the application: what the library answers by itself is counted, and does not
pile up.
"""

from http import HTTPStatus
from time import monotonic

from daphne.ws_protocol import WebSocketProtocol  # type: ignore[import-untyped]
from django.conf import settings

from messaging.domain.sizes import MAX_SOCKET_FRAME
from messaging.ops.server.http_connections import NO_STORE
from messaging.rate_limits import FRAMES

MOST_FRAGMENTS = 1_000  # of one message: browsers send one, or a few
TAKING = 60  # seconds for a client to take what was written to it


class DaphneSocket(WebSocketProtocol):
    """A connection that was upgraded.

    The application counts messages. Pings, pongs and the other fragments of a message never reach
    it: they are counted here, at the same pace, and a client with more than that, or which does not
    read what it is sent, is dropped.
    """

    paid_until = 0.0  # as in `messaging.domain.rate_limit`
    has_head = False
    fragments = 0
    unread_since: float | None = None
    ping: bytes | None = None  # the last one, while the answer has to wait

    def sendHttpErrorResponse(self, code, reason, responseHeaders=None):  # noqa: N802, N803 - the library's words
        headers = [
            *(responseHeaders or ()),
            *settings.SECURITY_HEADERS.items(),
            NO_STORE,
            ("Content-Length", "0"),
        ]
        # The library's own reason names its versions, or repeats what came.
        super().sendHttpErrorResponse(code, HTTPStatus(code).phrase, headers)

    # What comes

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        """Take in no more than a frame until the handshake is answered: the library would keep it
        without a limit.
        """
        if self.state == self.STATE_CONNECTING and len(self.data) + len(data) > MAX_SOCKET_FRAME:
            self.dropConnection(abort=True)
        else:
            super().dataReceived(data)

    def processHandshake(self) -> None:  # noqa: N802
        """Read the head of the handshake once. The library would take what follows it for another
        one.
        """
        if not self.has_head:
            self.has_head = True
            super().processHandshake()

    def onPing(self, payload: bytes) -> None:  # noqa: N802
        """Answer it, or the last of several as soon as there is room (RFC 6455, section 5.5.3)."""
        if self.unread_since is None:
            super().onPing(payload)
        else:
            self.ping = payload
        self._count()

    def onPong(self, payload: bytes) -> None:  # noqa: N802
        super().onPong(payload)
        self._count()

    def onMessageBegin(self, isBinary: bool) -> None:  # noqa: N802, N803
        super().onMessageBegin(isBinary)
        self.fragments = 0

    def onMessageFrameBegin(self, length: int) -> None:  # noqa: N802
        super().onMessageFrameBegin(length)
        self.fragments += 1
        if self.fragments > MOST_FRAGMENTS:
            self.dropConnection(abort=True)
        elif self.fragments > 1:
            self._count()

    def _count(self) -> None:
        now = monotonic()
        self.paid_until = max(now, self.paid_until) + 1 / FRAMES.per_second
        if self.paid_until - now > FRAMES.burst / FRAMES.per_second:
            self.dropConnection(abort=True)

    # What goes

    def connectionMade(self) -> None:  # noqa: N802
        super().connectionMade()
        self.unregisterProducer()  # the HTTP connection that this one was
        self.registerProducer(self, True)

    def pauseProducing(self) -> None:  # noqa: N802
        """More is written than the client and the system take."""
        self.unread_since = monotonic()

    def resumeProducing(self) -> None:  # noqa: N802
        """All of it is taken."""
        self.unread_since = None
        if self.ping is not None:
            self.sendPong(self.ping)
            self.ping = None

    def stopProducing(self) -> None:  # noqa: N802
        """The connection is lost."""

    def dropConnection(self, abort: bool = False) -> None:  # noqa: N802
        """End the connection; unless it is aborted, when the client has taken what was written."""
        super().dropConnection(abort)
        self.unread_since = self.unread_since or monotonic()

    def check_timeouts(self) -> None:
        """Called by Daphne every two seconds."""
        if self.unread_since and monotonic() - self.unread_since > TAKING:
            self.transport.abortConnection()
        else:
            super().check_timeouts()
