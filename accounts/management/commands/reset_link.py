"""Print a password reset link."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.auth import recovery, second_factor
from accounts.models import User


class Command(BaseCommand):
    help = "Print a link for choosing a new password. It works once and expires in one hour."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the user name, in any spelling")
        parser.add_argument(
            "--no-codes", action="store_true", help="also turn off two-step verification"
        )

    def handle(self, *args: object, **options: object) -> None:
        person = User.objects.named(options["name"]).first()
        if person is None:
            raise CommandError("There is no user with this name.")
        if not person.is_active:
            raise CommandError("This account is deactivated. Reactivate it first.")
        if options["no_codes"]:
            second_factor.turn_off(person)
        self.stdout.write(recovery.reset_link(person))
