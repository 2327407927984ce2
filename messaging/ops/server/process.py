"""A server process: Daphne with the application, from its limits to its shutdown."""

import asyncio
import logging
import os
import signal
import socket
import sys
from typing import Any

# Import this before Twisted, because it selects the reactor.
from daphne.server import Server, twisted_loop  # type: ignore[import-untyped]
from django.conf import settings
from django.utils.module_loading import import_string
from twisted.internet import reactor as twisted_reactor

from messaging.domain.sizes import MAX_SOCKET_FRAME
from messaging.ops import health
from messaging.ops.server import http_connections, sockets

if sys.platform != "win32":
    import resource

logger = logging.getLogger(__name__)

# In seconds. The longer ones allow for thousands of pages that reconnect at once.
TIMES = {
    "ping_interval": 10,
    "ping_timeout": 20,
    "websocket_connect_timeout": 60,
    "websocket_handshake_timeout": 60,
    "websocket_timeout": -1,  # otherwise Daphne would close each socket after a day
    "http_timeout": 60,
    "application_close_timeout": 5,
}
# In bytes, for both directions.
SIZES = {
    "websocket_max_message_size": MAX_SOCKET_FRAME,
    "websocket_max_frame_size": MAX_SOCKET_FRAME,
}
# Seconds for a page to answer a close frame. Autobahn's default is too short for a slow phone.
CLOSE_HANDSHAKE_SECONDS = 3
SHUTDOWN_SECONDS = 3.0  # for requests to finish during shutdown
BACKLOG = 4096  # connections waiting to be accepted; the kernel may allow fewer

reactor: Any = twisted_reactor  # typed as a module, without the reactor's methods


def set_limits() -> None:
    """Disable core dumps, and raise the limit of open files to the machine's maximum."""
    if sys.platform == "win32":
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    except ValueError:  # on macOS, a process may not have "unlimited" files
        logger.warning("The limit of open files could not be raised")


def quieten_server() -> None:
    """Silence Daphne below WARNING. At DEBUG it logs the sender of each frame."""
    daphne = logging.getLogger("daphne")
    daphne.setLevel(max(logging.WARNING, daphne.getEffectiveLevel()))


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raise OSError if the address is unknown or in use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = family == socket.AF_INET6 and host == "::" and socket.has_dualstack_ipv6()
    return socket.create_server((host, port), family=family, backlog=BACKLOG, dualstack_ipv6=both)


class ServerProcess:
    """Daphne with the application. The constructor loads the application, and `run` serves it."""

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
        # Daphne accepts only IPv4 for open sockets, so `_begin` adds ours.
        self.server.endpoints = []

    def run(self, listener: socket.socket) -> None:
        """Serve until shutdown, then exit, even if threads still wait for the database."""
        self.listener = listener
        self.server.run()
        logging.shutdown()
        sys.stdout.flush()
        os._exit(0)

    def _begin(self) -> None:
        family, factory = self.listener.family, http_connections.DaphneFactory(self.server)
        self.server.ws_factory.setProtocolOptions(closeHandshakeTimeout=CLOSE_HANDSHAKE_SECONDS)
        self.listener.setblocking(False)
        self.server.ws_factory.protocol = sockets.DaphneSocket
        self.port = reactor.adoptStreamPort(self.listener.fileno(), family, factory)
        self.listener.close()  # Twisted has duplicated the socket
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            twisted_loop.add_signal_handler(number, self.end)

    def end(self) -> None:
        """Start the shutdown unless it has already started."""
        if self.ending is None:
            self.ending = twisted_loop.create_task(self._end())

    async def _end(self) -> None:
        """Shut down. Refuse new connections first, so that a proxy tries another process."""
        logger.info("Process %s is shutting down: its windows are told to reconnect", os.getpid())
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
            _, left = await asyncio.wait(under_way, timeout=SHUTDOWN_SECONDS)
            if left:
                logger.warning(
                    "Process %s exits with %s unfinished requests", os.getpid(), len(left)
                )
