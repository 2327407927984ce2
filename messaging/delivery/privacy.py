"""What people choose about others and themselves, and who is run of it."""

import logging
from collections.abc import Coroutine

from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model

from messaging.backends import mailbox
from messaging.delivery import events, groups
from messaging.domain.messages import StateUnavailable
from messaging.people import blocks

logger = logging.getLogger(__name__)


def block(person_id: int, peer_id: int) -> None:
    """From now on nothing passes between them; Refused to somebody who has blocked too many
    already.
    """
    blocks.add(person_id, peer_id)
    _notify(sever(person_id, peer_id))


def unblock(person_id: int, peer_id: int) -> None:
    if blocks.remove(person_id, peer_id):
        _notify(groups.choices_changed(person_id, peer_id))


def set_appears_offline(person_id: int, *, is_hidden: bool) -> None:
    """Keep whether somebody appears offline, and tell their windows."""
    # Not by saving the whole row, which may be an old one by now.
    get_user_model().objects.filter(pk=person_id).update(appears_offline=is_hidden)
    _notify(appearance_changed(person_id, is_hidden=is_hidden))


async def sever(one_id: int, other_id: int) -> None:
    """One of them has blocked the other: every window of both is told, and what is under way
    between them is refused.

    A window that has not heard of it yet may still take something: the one that would show it
    refuses it then.
    """
    await groups.choices_changed(one_id, other_id)
    await events.conversation_severed(one_id, other_id)


async def appearance_changed(person_id: int, *, is_hidden: bool) -> None:
    """Tell all windows of a person that they appear offline from now on, or no longer do."""
    if is_hidden:
        await mailbox.uncount(person_id)
    await groups.choices_changed(person_id)


def _notify(notification: Coroutine[object, object, None]) -> None:
    """Notify windows of a change that the database has already. Windows that cannot be told while
    Redis is away ask for it once Redis is back.
    """

    async def notify() -> None:
        try:
            await notification
        except StateUnavailable:
            logger.warning(
                "Redis is away: what somebody has chosen reaches windows when it is back"
            )

    async_to_sync(notify)()
