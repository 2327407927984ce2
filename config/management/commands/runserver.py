"""The development server, at SITE_URL where that is an address of this machine."""

from typing import Any

from daphne.management.commands import runserver  # type: ignore[import-untyped]

from config.loopback import listening_address


class Command(runserver.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        options["addrport"] = options["addrport"] or listening_address() or "localhost:8000"
        super().handle(*args, **options)
