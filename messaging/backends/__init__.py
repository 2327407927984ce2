"""Where the state of conversations lives: in this process, or in Redis where several processes
share it.
"""

from typing import Any

from django.conf import settings

from messaging.backends.memory.mailbox import Mailbox
from messaging.backends.memory.presence import Presence
from messaging.domain.rate_limit import Rate, RateLimit

mailbox: Any
presence: Any

if settings.REDIS_URL:
    from messaging.backends.redis.client import RedisClient, load_scripts
    from messaging.backends.redis.encryption import Encryptor
    from messaging.backends.redis.mailbox import RedisMailbox
    from messaging.backends.redis.presence import RedisPresence
    from messaging.backends.redis.rate_limit import RedisRateLimit

    load_scripts()
    _client = RedisClient(settings.REDIS_URL)
    _encryptor = Encryptor(settings.MAILBOX_KEY)
    mailbox = RedisMailbox(_client, _encryptor, settings.RESUME_SECONDS)
    presence = RedisPresence(_client, _encryptor, mailbox.forget_process)

    def limit(name: str, rate: Rate) -> RateLimit:
        """One rule of how fast somebody may go."""
        return RedisRateLimit(rate, name=name, client=_client)

else:
    mailbox = Mailbox(settings.RESUME_SECONDS)
    presence = Presence()

    def limit(name: str, rate: Rate) -> RateLimit:
        """One rule of how fast somebody may go."""
        return RateLimit(rate)
