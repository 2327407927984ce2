"""The groups of the channel layer, and the events that are sent to them."""

import hashlib
import logging
from collections.abc import Mapping

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from messaging.domain.conversations import Conversation
from messaging.domain.files import File
from messaging.domain.mailbox import person_group
from messaging.domain.messages import StateUnavailable
from messaging.domain.presence import Changes

logger = logging.getLogger(__name__)

ALL_WINDOWS = "people"
SESSION_KEY = "windows"  # where a session stores the name of its group


def session_group(key: str, session: SessionBase | Mapping[str, object]) -> str:
    """Return the group of the windows of one session."""
    # The session key gives access to the account, so it must not reach a channel layer. It also
    # changes with the password.
    name = session.get(SESSION_KEY) or hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"session.{name}"


async def typing_seen(sender_id: int, conversation: Conversation) -> None:
    """Tell the others' windows about typing. The event passes through Redis, so it has no names."""
    for person in conversation.others(sender_id):
        await get_channel_layer().group_send(
            person_group(person.id), {"type": "typing.seen", "peer": sender_id}
        )


async def file_wanted(
    sender_id: int, recipient_id: int, message: str, file: File, token: str
) -> None:
    """Ask the sender's windows for the file of a message. The token lets the page send it."""
    # As bytes, because Redis sees those only encrypted.
    data = f"{message} {token} {file.size} {file.digest}".encode()
    event = {"type": "file.wanted", "peer": recipient_id, "data": data}
    await get_channel_layer().group_send(person_group(sender_id), event)


async def messages_withdrawn(conversation: Conversation, *people: int, message: str = "") -> None:
    """Stop the transfer of the file that a message with this key offers, or of all files of the
    conversation, at the pages of these people. Windows ignore this.
    """
    if settings.FILES == "off":
        return
    both = [person.id for person in conversation.participants]
    event = {"type": "messages.withdrawn", "people": both, "data": message.encode()}
    for person_id in people or both:
        await get_channel_layer().group_send(person_group(person_id), event)


async def presence_changed(changes: Changes) -> None:
    """Tell the windows of this process. The other processes detect changes themselves."""
    await get_channel_layer().send_here(
        ALL_WINDOWS, {"type": "presence.changed", "changes": changes, "drawn": {}}
    )


async def resync_pages() -> None:
    """Ask every page to resend unconfirmed messages, because receipts may have been lost."""
    await get_channel_layer().group_send(ALL_WINDOWS, {"type": "pages.resync"})


async def choices_changed(*people: int) -> None:
    """Make every window of these people reload blocks and appearance."""
    for person_id in people:
        await get_channel_layer().group_send(person_group(person_id), {"type": "choices.changed"})


def session_ended(key: str, session: Mapping[str, object]) -> None:
    """Make each window of a session open the log-in page, or reconnect if its key was renewed."""
    _send_from_view(session_group(key, session), {"type": "session.ended"})


def account_changed(person_id: int) -> None:
    """Make every window of a person check its session."""
    _send_from_view(person_group(person_id), {"type": "account.changed"})


def _send_from_view(group: str, event: dict[str, str]) -> None:
    """Send an event. If Redis is unavailable, windows check their session once it is back."""
    try:
        async_to_sync(get_channel_layer().group_send)(group, event)
    except StateUnavailable:
        logger.warning("Redis is unavailable: windows of an ended session close when it is back")
