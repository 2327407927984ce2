"""WebSockets of Daphne, with limits on frames that Autobahn handles itself."""

from http import HTTPStatus
from time import monotonic

from daphne.ws_protocol import WebSocketProtocol  # type: ignore[import-untyped]
from django.conf import settings

from messaging.domain.sizes import MAX_SOCKET_FRAME
from messaging.ops.server.http_connections import NO_STORE
from messaging.rate_limits import FRAMES

MOST_FRAGMENTS = 1_000  # per message; browsers send one or a few
READ_TIMEOUT = 60  # seconds in which a client must read what was sent


class DaphneSocket(WebSocketProtocol):
    """A WebSocket. Drop clients that send too fast or do not read.

    The application counts messages. Pings, pongs and continuation frames do not reach it, so they
    are counted here with the same rate limit.
    """

    paid_until = 0.0  # as in `messaging.domain.rate_limit`
    has_head = False
    fragments = 0
    unread_since: float | None = None
    ping: bytes | None = None  # the last ping that waits for a pong

    def sendHttpErrorResponse(self, code, reason, responseHeaders=None):  # noqa: N802, N803 - the library's names
        headers = [
            *(responseHeaders or ()),
            *settings.SECURITY_HEADERS.items(),
            NO_STORE,
            ("Content-Length", "0"),
        ]
        # Autobahn's own reason may contain its version or the client's input.
        super().sendHttpErrorResponse(code, HTTPStatus(code).phrase, headers)

    # Inbound

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        """Buffer at most one frame until the handshake is answered. Autobahn has no limit."""
        if self.state == self.STATE_CONNECTING and len(self.data) + len(data) > MAX_SOCKET_FRAME:
            self.dropConnection(abort=True)
        else:
            super().dataReceived(data)

    def processHandshake(self) -> None:  # noqa: N802
        """Read the head once. Autobahn would parse the data after it as another head."""
        if not self.has_head:
            self.has_head = True
            super().processHandshake()

    def onPing(self, payload: bytes) -> None:  # noqa: N802
        """Send a pong. If the client is not reading, answer its last ping later (RFC 6455)."""
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

    # Outbound

    def connectionMade(self) -> None:  # noqa: N802
        super().connectionMade()
        self.unregisterProducer()  # of the HTTP connection
        self.registerProducer(self, True)

    def pauseProducing(self) -> None:  # noqa: N802
        self.unread_since = monotonic()

    def resumeProducing(self) -> None:  # noqa: N802
        self.unread_since = None
        if self.ping is not None:
            self.sendPong(self.ping)
            self.ping = None

    def stopProducing(self) -> None:  # noqa: N802
        """Do nothing."""

    def dropConnection(self, abort: bool = False) -> None:  # noqa: N802
        """Close the connection, once the client has read everything unless `abort` is set."""
        super().dropConnection(abort)
        self.unread_since = self.unread_since or monotonic()

    def check_timeouts(self) -> None:
        """Abort if the client does not read. Daphne calls this every two seconds."""
        if self.unread_since and monotonic() - self.unread_since > READ_TIMEOUT:
            self.transport.abortConnection()
        else:
            super().check_timeouts()
