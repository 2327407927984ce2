"""`manage.py serve`: Sotto as it is to be run where others can reach it."""

import argparse
import logging
import socket
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from messaging.redis import keeping
from messaging.serving import process
from messaging.serving.supervisor import supervise
from messaging.serving.worker import Worker

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Serves Sotto. Ends politely at SIGTERM; with several workers, SIGHUP replaces them one after the other."
    # Ours are those for deployment as well, and look at a process that has its limits already.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: 127.0.0.1)")
        parser.add_argument("--port", type=_port, default=8000, help="the port to listen at (default: 8000)")
        parser.add_argument("--workers", type=_workers, default=1, help="processes; several need REDIS_URL")
        parser.add_argument("--skip-checks", action="store_true", help="start without the system checks")
        # What the supervisor gives to a worker.
        for name in ("--listener", "--supervisor", "--number"):
            parser.add_argument(name, type=int, help=argparse.SUPPRESS)

    def handle(self, *, listener: int | None, skip_checks: bool, **options) -> None:
        if sys.platform == "win32":
            raise CommandError("This server needs Linux, macOS or another Unix.")
        process.set_limits()
        process.quieten_server()
        if listener is not None:
            return _work(listener, options["supervisor"], options["number"])
        if not skip_checks:
            self.check(include_deployment_checks=True)
        self._serve(options["host"], options["port"], options["workers"])

    def _serve(self, host: str, port: int, workers: int) -> None:
        if workers > 1 and not settings.REDIS_URL:
            raise CommandError("Several workers need REDIS_URL: each would keep what it holds to itself.")
        try:
            listener = process.listen(host, port)
        except OSError as error:
            raise CommandError(f"Cannot listen at {host}, port {port}: {error.strerror or error}.") from error
        keeping.warn(settings.REDIS_URL)
        logger.info("Serving %s at %s, port %s", settings.SITE_URL, host, port)
        if workers == 1:
            Worker(listener).run()
        elif not supervise(listener, workers):
            raise CommandError("Not every worker ended as it should have; what they said is above.")


def _work(listener: int, supervisor: int, number: int) -> None:
    Worker(socket.socket(fileno=listener), socket.socket(fileno=supervisor), number).run()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 65_535):
        raise argparse.ArgumentTypeError("a whole number from 1 to 65535")
    return int(text)


def _workers(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 64):
        raise argparse.ArgumentTypeError("a whole number from 1 to 64")
    return int(text)
