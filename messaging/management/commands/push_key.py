"""Print a key for push notifications."""

from django.core.management.base import BaseCommand

from messaging.push import vapid


class Command(BaseCommand):
    help = "Prints a new key for push notifications, as a line of .env."

    def handle(self, **_) -> None:
        self.stdout.write(f"PUSH_KEY={vapid.new_key()}")
