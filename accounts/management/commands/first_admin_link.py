"""Prints a link whose user becomes the first administrator: once, within a day."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import invitations
from accounts.models import User


class Command(BaseCommand):
    help = "Prints a link for signing up as the first administrator: once, within a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-nobody-is-here", action="store_true", help="say nothing once there is an account")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_nobody_is_here"] and User.objects.exists():
            return
        if invitations.has_administrator():
            raise CommandError("There is an administrator already. They can invite others, and make them one.")
        link = invitations.make_for_first_administrator()
        self.stdout.write(f"Who signs up here becomes the administrator (once, within a day):\n  {link}")
