"""What a server's process may do with the machine, and where it listens."""

import logging
import socket
import sys

if sys.platform != "win32":
    import resource

# Connections that may wait to be taken when all pages come back at once; the kernel may allow
# fewer.
WAITING = 4096


def set_limits() -> None:
    """No memory in a file when it crashes, and as many sockets as the machine allows."""
    if sys.platform == "win32":
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    except ValueError:  # where "unlimited" is more than the kernel gives to one process (macOS)
        logging.getLogger(__name__).warning("The limit of open files stays as it is")


def quieten_server() -> None:
    """Daphne tells of endpoints and protocols, and at DEBUG of every frame's sender."""
    logger = logging.getLogger("daphne")
    logger.setLevel(max(logging.WARNING, logger.getEffectiveLevel()))


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; OSError if the machine has no such address, or somebody else is there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = family == socket.AF_INET6 and host == "::" and socket.has_dualstack_ipv6()
    return socket.create_server((host, port), family=family, backlog=WAITING, dualstack_ipv6=both)
