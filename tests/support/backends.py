"""The product's backends with their concrete types."""

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
    """Return the presence of this process, with either backend."""
    assert isinstance(presence, Presence)
    return presence
