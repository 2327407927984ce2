"""The product's own backends by their classes, for tests that look inside them."""

from messaging.backends import mailbox, presence
from messaging.backends.memory.mailbox import Mailbox
from messaging.backends.memory.presence import Presence
from messaging.backends.redis.mailbox import RedisMailbox
from messaging.backends.redis.presence import RedisPresence


def memory_mailbox() -> Mailbox:
    assert isinstance(mailbox, Mailbox)
    return mailbox


def redis_mailbox() -> RedisMailbox:
    assert isinstance(mailbox, RedisMailbox)
    return mailbox


def redis_presence() -> RedisPresence:
    assert isinstance(presence, RedisPresence)
    return presence


def own_presence() -> Presence:
    """Return the leases of this process, whichever backend there is."""
    assert isinstance(presence, Presence)
    return presence
