"""Where the state of conversations lives: in this process, or in Redis where several processes share it."""

from typing import Any

from django.conf import settings

from messaging.mailbox import Mailbox
from messaging.pace import Limit, Pace
from messaging.presence import Presence

mailbox: Any
presence: Any

if settings.REDIS_URL:
    from messaging.redis.link import Link, load_scripts
    from messaging.redis.mailbox import RedisMailbox
    from messaging.redis.pace import RedisLimit
    from messaging.redis.presence import RedisPresence
    from messaging.redis.sealing import Seal

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
