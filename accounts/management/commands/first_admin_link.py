"""Print a sign-up link that makes its user the first administrator."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import invitations
from accounts.models import User


class Command(BaseCommand):
    help = "Print a sign-up link for the first administrator. It works once and expires in one day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-nobody-is-here",
            action="store_true",
            help="print nothing if there is an account already",
        )

    def handle(self, *args: object, **options: object) -> None:
        if options["if_nobody_is_here"] and User.objects.exists():
            return
        if invitations.has_administrator():
            raise CommandError(
                "There is an administrator already, who can invite people and make them "
                "administrators."
            )
        link = invitations.create_for_first_administrator()
        self.stdout.write(
            "Sign up here as the administrator. The link works once and expires in one day:\n  "
            f"{link}"
        )
