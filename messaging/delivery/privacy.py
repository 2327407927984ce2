"""What people choose about others and themselves, and which windows are told."""

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
    """Stop everything between two people. Raise Refused if too many are blocked already."""
    blocks.add(person_id, peer_id)
    _notify(sever(person_id, peer_id))


def unblock(person_id: int, peer_id: int) -> None:
    if blocks.remove(person_id, peer_id):
        _notify(groups.choices_changed(person_id, peer_id))


def set_appears_offline(person_id: int, *, is_hidden: bool) -> None:
    """Store whether a person appears offline, and tell their windows."""
    # `save` would overwrite the row with values that may be stale.
    get_user_model().objects.filter(pk=person_id).update(appears_offline=is_hidden)
    _notify(appearance_changed(person_id, is_hidden=is_hidden))


async def sever(one_id: int, other_id: int) -> None:
    """Tell every window of both people about a new block, and refuse what is under way between
    them.

    A process that has not heard of the block yet may still accept a message. The window that would
    show it refuses it then.
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
