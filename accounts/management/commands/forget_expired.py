"""Delete expired data."""

from django.core.management.base import BaseCommand, CommandError

from accounts import invitations, write_ahead_log
from accounts.models import Report, ReservedName
from accounts.sessions import SessionStore

TRIES = 600  # in half a minute


class Command(BaseCommand):
    help = "Delete expired sessions, invitations, reports and reserved names. Run it once a day."

    def handle(self, *args: object, **options: object) -> None:
        SessionStore.clear_expired()
        invitations.delete_expired()
        ReservedName.objects.delete_expired()
        Report.objects.delete_expired()
        # The log also contains what was deleted or changed since yesterday.
        if not write_ahead_log.empty(TRIES):
            raise CommandError(
                "Expired data was deleted, but is still in SQLite's write-ahead log because "
                "another program, such as a "
                "backup, keeps the database open. Run this again when that has finished."
            )
