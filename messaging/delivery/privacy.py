"""Change whom a person blocks and what they hide from others, and notify windows."""

import logging
from collections.abc import Coroutine

from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model

from messaging.backends import mailbox
from messaging.delivery import events, groups
from messaging.domain.conversations import Conversation, Person
from messaging.domain.messages import StateUnavailable
from messaging.people import blocks

logger = logging.getLogger(__name__)


def block(person_id: int, peer_id: int) -> None:
    """Block a person, or raise Refused if too many people are blocked already."""
    blocks.add(person_id, peer_id)
    _notify(sever(person_id, peer_id))


def unblock(person_id: int, peer_id: int) -> None:
    if blocks.remove(person_id, peer_id):
        _notify(groups.choices_changed(person_id, peer_id))


def set_appearance(person_id: int, **chosen: bool) -> None:
    """Store whether a person appears offline or hides typing, and tell their windows."""
    # `save` would overwrite the row with values that may be stale.
    get_user_model().objects.filter(pk=person_id).update(**chosen)
    _notify(appearance_changed(person_id, is_hidden=chosen.get("appears_offline", False)))


async def sever(one_id: int, other_id: int) -> None:
    """Tell every window of both people about a new block, and refuse the messages in transit
    between them.

    A process that does not know of the block yet may still accept a message. The recipient's window
    then refuses it.
    """
    await groups.choices_changed(one_id, other_id)
    await events.conversation_severed(Conversation.of(Person(one_id, ""), Person(other_id, "")))


async def appearance_changed(person_id: int, *, is_hidden: bool) -> None:
    if is_hidden:
        await mailbox.uncount(person_id)
    await groups.choices_changed(person_id)


def _notify(notification: Coroutine[object, object, None]) -> None:
    """Notify windows of a stored change. If Redis is unavailable, they load it once it is back."""

    async def notify() -> None:
        try:
            await notification
        except StateUnavailable:
            logger.warning("Redis is unavailable: windows learn of a new setting when it is back")

    async_to_sync(notify)()
