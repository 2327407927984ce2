"""Decide when a push is due: a message waits, and neither person has had too many.

The sender must not learn whether the recipient is notified. So the sender is answered first, and
attempts count whether or not there is anything to send.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b

from django.conf import settings

from messaging import rate_limits
from messaging.delivery.background import run_in_background
from messaging.domain.messages import Message, StateUnavailable
from messaging.domain.rate_limit import RateLimit
from messaging.push.queue import queue
from messaging.push.sending import notify

ANSWER_SECONDS = 0.1  # after which the sender has been answered
REPEATS, PUSHES = 2, 6  # in an hour: from one sender to one recipient, to one recipient


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
    pair = [_number(sender_id, recipient_id, place) for place in range(REPEATS)]
    # The page of a person's own data shows the first.
    places = [recipient_id, *(_number(recipient_id, place) for place in range(1, PUSHES))]
    return bool(
        await rate_limits.push_pauses.retry_after(pair[0])
        or await _are_all_taken(rate_limits.push_repeats, pair)
        or await _are_all_taken(rate_limits.pushes, places)
    )


async def _are_all_taken(limit: RateLimit, places: Iterable[int]) -> bool:
    """Take the first place that was not taken within the last hour, if there is one. A rate with a
    burst would let fewer pushes through after the first hour.
    """
    for place in places:
        if not await limit.retry_after(place):
            return False
    return True


def _number(*parts: int) -> int:
    """Return a number under which Redis does not show who writes to whom."""
    key = blake2b(settings.SECRET_KEY.encode(), person=b"sotto push").digest()
    return int.from_bytes(blake2b(repr(parts).encode(), digest_size=8, key=key).digest())
