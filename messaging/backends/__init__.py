"""Choose where live state is kept: in this process, or in Redis if several processes share it."""

from channels.layers import get_channel_layer
from django.conf import settings

from messaging.backends.memory.mailbox import Mailbox
from messaging.backends.memory.presence import Presence
from messaging.domain.mailbox import MAIL_WAITING, MailboxBackend, person_group
from messaging.domain.presence import PresenceBackend
from messaging.domain.rate_limit import Rate, RateLimit

mailbox: MailboxBackend
presence: PresenceBackend


async def notify_windows(person_id: int) -> None:
    """Tell a person's windows to fetch new entries."""
    await get_channel_layer().group_send(person_group(person_id), MAIL_WAITING)


def reattach_windows() -> None:
    """Attach the windows of this process again after Redis has lost them."""
    get_channel_layer().mended()


if settings.REDIS_URL:
    from messaging.backends.redis.client import RedisClient, load_scripts
    from messaging.backends.redis.encryption import Encryptor
    from messaging.backends.redis.mailbox import RedisMailbox
    from messaging.backends.redis.presence import RedisPresence
    from messaging.backends.redis.rate_limit import RedisRateLimit

    load_scripts()
    _client = RedisClient(settings.REDIS_URL)
    _encryptor = Encryptor(settings.MAILBOX_KEY)
    _mailbox = RedisMailbox(_client, _encryptor, settings.RESUME_SECONDS)
    mailbox = _mailbox
    presence = RedisPresence(_client, _encryptor, _mailbox.forget_process, reattach_windows)

    def limit(name: str, rate: Rate) -> RateLimit:
        """Return a rate limit that all processes share."""
        return RedisRateLimit(rate, name=name, client=_client)

else:
    mailbox = Mailbox(settings.RESUME_SECONDS, notify_windows)
    presence = Presence()

    def limit(name: str, rate: Rate) -> RateLimit:
        """Return a rate limit of this process."""
        return RateLimit(rate)
