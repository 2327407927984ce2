"""Deletes what has ended: sessions, invitations, reports, and the names of those who have been gone for long enough."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import deletion, invitations, reports, write_ahead_log
from accounts.sessions import SessionStore

TRIES = 600  # half a minute


class Command(BaseCommand):
    help = "Deletes ended sessions and invitations, and reports and names whose time is over. Once a day is enough."

    def handle(self, *args: Any, **options: Any) -> None:
        SessionStore.clear_expired()
        invitations.sweep()
        deletion.sweep()
        reports.sweep()
        # Whatever was deleted or changed since yesterday: sessions, codes, passkeys, names.
        if not write_ahead_log.empty(TRIES):
            raise CommandError(
                "What has ended is deleted, but still in SQLite's write-ahead log: a program keeps the database open, "
                "such as a backup. Run this again when it has ended."
            )
