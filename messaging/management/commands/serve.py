"""Serve Sotto in production."""

import argparse
import logging
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from messaging.backends.redis import persistence
from messaging.ops.server import process

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Serves Sotto in one process. Shuts down gracefully at SIGTERM."
    # `handle` runs the checks, with those for deployment, after it has set the limits.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--host", default="127.0.0.1", help="the address to listen at (default: 127.0.0.1)"
        )
        parser.add_argument(
            "--port", type=_port, default=8000, help="the port to listen at (default: 8000)"
        )
        parser.add_argument(
            "--skip-checks", action="store_true", help="start without the system checks"
        )

    def handle(self, *, host: str, port: int, skip_checks: bool, **options) -> None:
        if sys.platform == "win32":
            raise CommandError("This server needs Linux, macOS or another Unix.")
        process.set_limits()
        process.quieten_server()
        if not skip_checks:
            self.check(include_deployment_checks=True)
        persistence.warn(settings.REDIS_URL)
        server = process.ServerProcess()  # load everything before clients can connect
        try:
            listener = process.listen(host, port)
        except OSError as error:
            raise CommandError(
                f"Cannot listen at {host}, port {port}: {error.strerror or error}."
            ) from error
        logger.info("Serving %s at %s, port %s", settings.SITE_URL, host, port)
        server.run(listener)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 65_535):
        raise argparse.ArgumentTypeError("a whole number from 1 to 65535")
    return int(text)
