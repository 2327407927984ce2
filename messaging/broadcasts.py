"""The voice: turns an event into a rendered fragment and sends it to the windows that it concerns."""

import hashlib

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.template.loader import get_template

from messaging.conversations import Message, Person
from messaging.mailbox import Draft, Entry, mailbox
from messaging.presence import Changes, presence

EVERYBODY = "people"


def person_group(person_id: int) -> str:
    return f"user.{person_id}"


def session_group(session_key: str) -> str:
    # The key itself opens the account: it has no business in a channel layer.
    return "session." + hashlib.sha256(session_key.encode()).hexdigest()[:32]


# Events that wait in a mailbox until they have been shown


async def message_posted(message: Message) -> None:
    """To every window of both participants, in one order for all."""
    sender, recipient = message.sender, message.recipient
    await mailbox.post(
        [
            Draft(recipient.id, sender, posted(message, viewer=recipient, peer=sender), message),
            Draft(sender.id, recipient, posted(message, viewer=sender, peer=recipient), message),
        ]
    )
    await _ring(recipient.id)
    await _ring(sender.id)


async def message_delivered(message: Message) -> None:
    await _tell_sender(message, "message_delivered")


async def message_expired(message: Message) -> None:
    await _tell_sender(message, "message_expired")


async def conversation_read(viewer: Person, peer: Person, message_id: str) -> None:
    """What one window has read is no longer unread in the person's other windows."""
    html = _render("conversation_read", peer=peer, message_id=message_id)
    await mailbox.post([Draft(viewer.id, peer, html)])
    await _ring(viewer.id)


async def _tell_sender(message: Message, event: str) -> None:
    html = _render(event, message=message, peer=message.recipient)
    await mailbox.post([Draft(message.sender.id, message.recipient, html)])
    await _ring(message.sender.id)


async def _ring(person_id: int) -> None:
    # The layer may drop this when it is full: the next ring, or the next beat, brings what the mailbox kept.
    await _layer().group_send(person_group(person_id), {"type": "mail.waiting"})


# Events that may pass unseen


async def typing_seen(sender: Person, recipient_id: int) -> None:
    event = {"type": "fragment", "peer": sender.id, "html": _render("typing_seen", peer=sender)}
    await _layer().group_send(person_group(recipient_id), event)


async def presence_changed(changes: Changes) -> None:
    html = _render("presence_changed", changes=changes)
    await _layer().group_send(EVERYBODY, {"type": "fragment", "html": html})


def session_ended(request, **_) -> None:
    """Receiver of Django's `user_logged_out`: every window of this session is sent to the log-in page."""
    if request and request.session.session_key:
        group = session_group(request.session.session_key)
        async_to_sync(_layer().group_send)(group, {"type": "session.ended"})


# What a consumer says to its own window alone


def posted(message: Message, *, viewer: Person, peer: Person) -> str:
    return _render("message_posted", message=message, viewer=viewer, peer=peer)


def mail(entries: list[Entry], panes: set[int], cursor: str) -> str:
    """Several entries as one frame: first the panes that the page lacks, last the cursor that it confirms."""
    parts = []
    for entry in entries:
        if entry.draft.message and entry.draft.peer.id not in panes:
            panes.add(entry.draft.peer.id)
            parts.append(pane_opened(entry.draft.peer))
        parts.append(entry.draft.html)
    return "".join([*parts, _render("cursor_moved", cursor=cursor)])


def pane_opened(peer: Person) -> str:
    return _render(
        "pane_opened", peer=peer, is_online=presence.is_online(peer.id), max_length=settings.MESSAGE_MAX_LENGTH
    )


def message_refused(message_id: str, reason: str) -> str:
    return _render("message_refused", message_id=message_id, reason=reason)


def notice(text: str) -> str:
    return _render("notice", text=text)


def sent_away() -> str:
    return _render("sent_away")


def _render(event: str, **context) -> str:
    return get_template(f"messaging/broadcasts/{event}.html").render(context)


def _layer():
    return get_channel_layer()
