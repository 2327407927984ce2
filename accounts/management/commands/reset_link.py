"""Prints a link with which somebody can choose a new password: once, within an hour."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import recovery
from accounts.models import User


class Command(BaseCommand):
    help = "Prints a link with which somebody can choose a new password: once, within an hour."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the user name, in any spelling")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.named(options["name"]).first()
        if person is None:
            raise CommandError("There is nobody of this name.")
        if not person.is_active:
            raise CommandError("This person is shut out. Reactivate them first.")
        self.stdout.write(recovery.link(person))
