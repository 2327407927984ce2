"""Where the state of conversations lives: in this process, or in Redis where several processes
share it.
"""

from typing import Any

from django.conf import settings

from messaging.backends.memory.mailbox import Mailbox
from messaging.backends.memory.presence import Presence
from messaging.domain.rate_limit import Limit, Pace

mailbox: Any
presence: Any

if settings.REDIS_URL:
    from messaging.backends.redis.client import Link, load_scripts
    from messaging.backends.redis.encryption import Seal
    from messaging.backends.redis.mailbox import RedisMailbox
    from messaging.backends.redis.presence import RedisPresence
    from messaging.backends.redis.rate_limit import RedisLimit

    load_scripts()
    _link = Link(settings.REDIS_URL)
    _seal = Seal(settings.MAILBOX_KEY)
    mailbox = RedisMailbox(_link, _seal, settings.RESUME_SECONDS)
    presence = RedisPresence(_link, _seal, mailbox.bury)

    def limit(name: str, pace: Pace) -> Limit:
        """One rule of how fast somebody may go."""
        return RedisLimit(pace, name=name, link=_link)

else:
    mailbox = Mailbox(settings.RESUME_SECONDS)
    presence = Presence()

    def limit(name: str, pace: Pace) -> Limit:
        """One rule of how fast somebody may go."""
        return Limit(pace)
