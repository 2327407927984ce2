"""Deletes what has ended: sessions, invitations, reports, and the names of those who have been gone for long enough."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import deletion, invitations, reports
from accounts.sessions import SessionStore


class Command(BaseCommand):
    help = "Deletes ended sessions and invitations, and reports and names whose time is over. Once a day is enough."

    def handle(self, *args: Any, **options: Any) -> None:
        SessionStore.clear_expired()
        invitations.sweep()
        deletion.sweep()
        reports.sweep()
