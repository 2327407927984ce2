"""Run the development server. Use the address of SITE_URL if that is a loopback address."""

from daphne.management.commands import runserver  # type: ignore[import-untyped]
from django.conf import settings

from config.middleware.loopback import listening_address


class Command(runserver.Command):
    def handle(self, *args: object, **options: object) -> None:
        options["addrport"] = options["addrport"] or listening_address() or "localhost:8000"
        super().handle(*args, **options)

    def inner_run(self, *args: object, **options: object) -> None:
        address = listening_address()
        if address and self.port != address.rpartition(":")[2]:
            hint = f"For this port, set SITE_URL=http://localhost:{self.port}."
            self.stderr.write(f"SITE_URL is {settings.SITE_URL}, and chat works only there. {hint}")
        super().inner_run(*args, **options)
