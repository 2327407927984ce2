"""Decide when a push is due: a message waits, and neither person has had too many.

The sender must not learn whether the recipient is notified. So the sender is answered first, and
attempts count whether or not there is anything to send.
"""

import asyncio
from contextlib import suppress
from hashlib import blake2b

from django.conf import settings

from messaging import rate_limits
from messaging.delivery.background import run_in_background
from messaging.domain.messages import Message, StateUnavailable
from messaging.push.queue import queue
from messaging.push.sending import notify

ANSWER_SECONDS = 0.1  # after which the sender has been answered


def message_waits(message: Message) -> None:
    if settings.PUSH_KEY:
        for recipient in message.recipients:
            run_in_background(_notify_later(message.sender.id, recipient.id))


async def _notify_later(sender_id: int, recipient_id: int) -> None:
    await asyncio.sleep(ANSWER_SECONDS)
    with suppress(StateUnavailable):  # without the limits, nothing is sent
        if not await _is_too_often(sender_id, recipient_id):
            queue.start()
            queue.put(notify, sender_id, recipient_id)


async def _is_too_often(sender_id: int, recipient_id: int) -> bool:
    pair = _pair(sender_id, recipient_id)
    return bool(
        await rate_limits.push_pauses.retry_after(pair)
        or await rate_limits.push_repeats.retry_after(pair)
        or await rate_limits.pushes.retry_after(recipient_id)
    )


def _pair(sender_id: int, recipient_id: int) -> int:
    """Return a number under which Redis does not show who writes to whom."""
    key = blake2b(settings.SECRET_KEY.encode(), person=b"sotto push").digest()
    pair = f"{sender_id} {recipient_id}".encode()
    return int.from_bytes(blake2b(pair, digest_size=8, key=key).digest())
