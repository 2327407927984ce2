"""Where the state of conversations lives: in the memory of this process."""

from django.conf import settings

from messaging.mailbox import Mailbox
from messaging.pace import Limit, Pace
from messaging.presence import Presence

mailbox = Mailbox(settings.RESUME_SECONDS)
presence = Presence()


def limit(pace: Pace) -> Limit:
    """One rule of how fast somebody may go."""
    return Limit(pace)
