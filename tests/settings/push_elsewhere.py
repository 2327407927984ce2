"""Settings under which one push service is on this machine, at the port in PUSH_PORT."""

import os
import socket

from config.settings import *  # noqa: F403

HEARTBEAT_SECONDS = 8
RESUME_SECONDS = 3
HOST = "push.example.org"
PORT = int(os.environ["PUSH_PORT"])
find = socket.getaddrinfo


def find_here(host, port, *arguments, **keywords):
    asked = ("127.0.0.1", PORT) if (host, port) == (HOST, 443) else (host, port)
    return find(*asked, *arguments, **keywords)


socket.getaddrinfo = find_here
