"""One server process: Daphne with the application, from the first connection to an end that leaves
nobody hanging.
"""

import asyncio
import logging
import os
import signal
import socket
import sys
from typing import Any

# Before anything of Twisted: it chooses the reactor.
from daphne.server import Server, twisted_loop  # type: ignore[import-untyped]
from django.conf import settings
from django.utils.module_loading import import_string
from twisted.internet import reactor as twisted_reactor

from messaging.domain.sizes import MAX_SOCKET_FRAME
from messaging.ops import health
from messaging.ops.server import daphne_errors, sockets

logger = logging.getLogger(__name__)

# Seconds, where nothing else is said.
TIMES = {
    "ping_interval": 10,
    "ping_timeout": 20,
    # Thousands of pages that come back at once are let in one after the other.
    "websocket_connect_timeout": 60,
    "websocket_handshake_timeout": 60,
    # Daphne would end each socket after a day.
    "websocket_timeout": -1,
    "http_timeout": 60,
    "application_close_timeout": 5,
}
# Bytes, of what is received and of what is sent.
SIZES = {
    "websocket_max_message_size": MAX_SOCKET_FRAME,
    "websocket_max_frame_size": MAX_SOCKET_FRAME,
}
# Seconds in which a page may answer the end of its socket: the one that Autobahn gives is short for
# a phone far away.
CLOSING = 3
PATIENCE = 3.0  # seconds for requests that are under way when the end comes

reactor: Any = twisted_reactor  # a module that stands for an object, which its types do not know


class Worker:
    """Daphne with the application, which is loaded when this is made. `run` serves it."""

    def __init__(self) -> None:
        self.ending: asyncio.Task | None = None
        application = import_string(settings.ASGI_APPLICATION)
        options = {
            "signal_handlers": False,
            "server_name": "",
            "verbosity": 0,
            "ready_callable": self._begin,
        }
        self.server = Server(application, ["its own"], **options, **TIMES, **SIZES)
        # Daphne takes a socket that is open already for IPv4 alone: this one is given to it in
        # `_begin`.
        self.server.endpoints = []

    def run(self, listener: socket.socket) -> None:
        """Never returns: a thread that hangs in a database must not keep the process from
        ending.
        """
        self.listener = listener
        self.server.run()
        logging.shutdown()
        sys.stdout.flush()
        os._exit(0)

    def _begin(self) -> None:
        family, factory = self.listener.family, daphne_errors.Factory(self.server)
        self.server.ws_factory.setProtocolOptions(closeHandshakeTimeout=CLOSING)
        self.listener.setblocking(False)
        self.server.ws_factory.protocol = sockets.Socket
        self.port = reactor.adoptStreamPort(self.listener.fileno(), family, factory)
        self.listener.close()  # the port has its own
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            twisted_loop.add_signal_handler(number, self.end)

    def end(self) -> None:
        """Begins the end; to ask again changes nothing."""
        if self.ending is None:
            self.ending = twisted_loop.create_task(self._end())

    async def _end(self) -> None:
        """Who comes from now on is refused by the kernel, so that a proxy asks another process."""
        logger.info("Process %s ends: its windows are told to come back", os.getpid())
        try:
            self.port.stopListening()
            await health.end()
            await self._finish_requests()
        finally:
            reactor.stop()

    async def _finish_requests(self) -> None:
        requests = [
            connection.get("application_instance")
            for connection in self.server.connections.values()
        ]
        if under_way := [request for request in requests if request and not request.done()]:
            _, left = await asyncio.wait(under_way, timeout=PATIENCE)
            if left:
                logger.warning("Process %s leaves %s requests under way", os.getpid(), len(left))
