"""What people choose about others and themselves, and who is told of it."""

import logging
from collections.abc import Coroutine
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model

from messaging.delivery import actions, groups
from messaging.domain.messages import StateUnavailable
from messaging.people import blocks

logger = logging.getLogger(__name__)


def shut_out(person_id: int, peer_id: int) -> None:
    """From now on nothing passes between them; Refused to somebody who has blocked too many
    already.
    """
    blocks.add(person_id, peer_id)
    _tell(actions.part(person_id, peer_id))


def let_in_again(person_id: int, peer_id: int) -> None:
    if blocks.remove(person_id, peer_id):
        _tell(groups.choices_changed(person_id, peer_id))


def appear(person_id: int, *, is_hidden: bool) -> None:
    """Keep whether somebody appears offline, and tell their windows."""
    # Not by saving the whole row, which may be an old one by now.
    get_user_model().objects.filter(pk=person_id).update(appears_offline=is_hidden)
    _tell(actions.appear(person_id, is_hidden=is_hidden))


def _tell(telling: Coroutine[Any, Any, None]) -> None:
    """What was chosen is in the database already. While Redis is away nobody can be told: each
    window asks when it is back.
    """

    async def told() -> None:
        try:
            await telling
        except StateUnavailable:
            logger.warning(
                "Redis is away: what somebody has chosen reaches windows when it is back"
            )

    async_to_sync(told)()
