"""Print the next steps for a new developer. `make run` calls it."""

import errno
import socket
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config.middleware.loopback import listening_address

NEXT_STEPS = """
Next:
  1. Open {site} and sign up.
  2. Sign up a second person in another browser, or in a private window: each browser is one person.
  3. Pick each other from the list, and talk.
Ctrl+C stops the server.
"""


class Command(BaseCommand):
    help = (
        "Says what to do next, and prints a link for the first administrator; refuses a port "
        "that is taken."
    )

    def handle(self, *args: object, **options: object) -> None:
        if address := listening_address():
            _refuse_a_port_that_is_taken(address)
        self.stdout.write(NEXT_STEPS.format(site=settings.SITE_URL))
        call_command("first_admin_link", if_nobody_is_here=True, stdout=self.stdout)


def _refuse_a_port_that_is_taken(address: str) -> None:
    site = urlsplit(f"//{address}")
    host, port = site.hostname or "", site.port or 0
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise CommandError(
                f"The server cannot listen at {address}: {error.strerror}"
            ) from error
        raise CommandError(
            f"Port {port} is already in use. Use another one: make run PORT=8001"
        ) from error
