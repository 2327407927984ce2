"""One server process: Daphne with the application, from the first connection to an end that leaves nobody hanging."""

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

from messaging import metrics, operations
from messaging.serving import refusals, sockets
from messaging.sizes import MAX_SOCKET_FRAME

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
SIZES = {"websocket_max_message_size": MAX_SOCKET_FRAME, "websocket_max_frame_size": MAX_SOCKET_FRAME}
# Seconds in which a page may answer the end of its socket: the one that Autobahn gives is short for a phone far away.
CLOSING = 3
PATIENCE = 3.0  # seconds for requests that are under way when the end comes

reactor: Any = twisted_reactor  # a module that stands for an object, which its types do not know


class Worker:
    """`supervisor` is a wire to the process that has started this one: it is told when all is ready, and this process
    ends when nobody holds the other end any more."""

    def __init__(self, listener: socket.socket, supervisor: socket.socket | None = None, number: int = 1) -> None:
        self.listener, self.supervisor = listener, supervisor
        self.ending: asyncio.Task | None = None
        metrics.numbers.worker = number
        application = import_string(settings.ASGI_APPLICATION)
        options = {"signal_handlers": False, "server_name": "", "verbosity": 0, "ready_callable": self._begin}
        self.server = Server(application, ["its own"], **options, **TIMES, **SIZES)
        # Daphne takes a socket that is open already for IPv4 alone: this one is given to it in `_begin`.
        self.server.endpoints = []

    def run(self) -> None:
        """Never returns: a thread that hangs in a database must not keep the process from ending."""
        self.server.run()
        logging.shutdown()
        sys.stdout.flush()
        os._exit(0)

    def _begin(self) -> None:
        family, factory = self.listener.family, refusals.Factory(self.server)
        self.server.ws_factory.setProtocolOptions(closeHandshakeTimeout=CLOSING)
        self.listener.setblocking(False)
        self.server.ws_factory.protocol = sockets.Socket
        self.port = reactor.adoptStreamPort(self.listener.fileno(), family, factory)
        self.listener.close()  # the port has its own
        for number in (signal.SIGTERM, signal.SIGINT):
            twisted_loop.add_signal_handler(number, self.end)
        if self.supervisor is None:
            twisted_loop.add_signal_handler(signal.SIGHUP, self.end)
        else:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            self.supervisor.send(b"ready")
            twisted_loop.add_reader(self.supervisor, self.end)

    def end(self) -> None:
        """Begins the end; to ask again changes nothing."""
        if self.supervisor:
            twisted_loop.remove_reader(self.supervisor)
        if self.ending is None:
            self.ending = twisted_loop.create_task(self._end())

    async def _end(self) -> None:
        logger.info("Process %s ends: its windows are told to come back", os.getpid())
        try:
            if self.supervisor:  # who comes back is taken by another; alone, it goes on saying that it is not ready
                self.port.stopListening()
            await operations.end()
            self.port.stopListening()
            await self._finish_requests()
        finally:
            reactor.stop()

    async def _finish_requests(self) -> None:
        requests = [connection.get("application_instance") for connection in self.server.connections.values()]
        if under_way := [request for request in requests if request and not request.done()]:
            _, left = await asyncio.wait(under_way, timeout=PATIENCE)
            if left:
                logger.warning("Process %s leaves %s requests under way", os.getpid(), len(left))
