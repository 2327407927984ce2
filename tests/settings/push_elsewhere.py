"""Settings under which one push service is on this machine, at the port in PUSH_PORT."""

import os
import socket

from config.settings import *  # noqa: F403

HEARTBEAT_SECONDS = 8
RESUME_SECONDS = 3
HOST = "push.example.org"
PORT = int(os.environ["PUSH_PORT"])
connect = socket.create_connection


def connect_here(address, *arguments, **keywords):
    asked = ("127.0.0.1", PORT) if address == (HOST, 443) else address
    return connect(asked, *arguments, **keywords)


socket.create_connection = connect_here
