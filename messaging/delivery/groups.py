"""Which windows hear of what: the groups of the channel layer, and what is sent to each of them."""

import hashlib
import logging
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.contrib.sessions.backends.base import SessionBase

from messaging.domain.mailbox import person_group
from messaging.domain.messages import StateUnavailable
from messaging.domain.presence import Changes

logger = logging.getLogger(__name__)

ALL_WINDOWS = "people"
SESSION_KEY = "windows"  # what a session calls the group of its windows


def session_group(key: str, session: SessionBase | dict[str, Any]) -> str:
    """Of the windows of one session, by its key and what it holds."""
    # The key itself opens the account: it has no business in a channel layer. It also changes with
    # the password.
    name = session.get(SESSION_KEY) or hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"session.{name}"


async def typing_seen(sender_id: int, recipient_id: int) -> None:
    """Tell the windows of the recipient. Other processes may hear it through Redis: it names
    nobody.
    """
    await _layer().group_send(
        person_group(recipient_id), {"type": "typing.seen", "peer": sender_id}
    )


async def presence_changed(changes: Changes) -> None:
    """To the windows of this process: each finds out for itself who has come and gone."""
    await _layer().send_here(
        ALL_WINDOWS, {"type": "presence.changed", "changes": changes, "drawn": {}}
    )


async def process_died() -> None:
    """It may have known of deliveries that it had not told yet: every page asks for what it does
    not know.
    """
    await _layer().group_send(ALL_WINDOWS, {"type": "process.died"})


async def choices_changed(*people: int) -> None:
    """Every window of these people asks the database what has been chosen: whom each blocks, and
    whether they show.
    """
    for person_id in people:
        await _layer().group_send(person_group(person_id), {"type": "choices.changed"})


def session_ended(key: str, session: dict[str, Any]) -> None:
    """Every window of this session is sent to the log-in page; or to come back, if it goes on under
    another key.
    """
    _send_from_view(session_group(key, session), {"type": "session.ended"})


def account_changed(person_id: int) -> None:
    """Every window of this person looks again whether its session still holds."""
    _send_from_view(person_group(person_id), {"type": "account.changed"})


def _send_from_view(group: str, event: dict[str, str]) -> None:
    """From a view. While Redis is away nobody can be told: once it is back, each window looks at
    its session.
    """
    try:
        async_to_sync(_layer().group_send)(group, event)
    except StateUnavailable:
        logger.warning(
            "Redis is away: windows of a session that has ended will be told when it is back"
        )


def _layer():
    return get_channel_layer()
