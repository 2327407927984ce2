"""Report what happened to messages to their senders and to other features."""

from collections.abc import Callable

from messaging.backends import mailbox
from messaging.delivery import events
from messaging.delivery.counters import counts
from messaging.domain.mailbox_results import Settled
from messaging.domain.messages import Message

# Called on the event loop before the sender gets an answer, so they must not wait.
listeners: list[Callable[[Message], None]] = []


def message_waits(message: Message) -> None:
    """Call the listeners when a message waits in its sender's page. Edits and reactions do not
    wait.
    """
    if message.is_original:
        for listener in listeners:
            listener(message)


async def notify_settled(settled: Settled, *, expired: bool = False) -> None:
    """Tell senders whether messages were delivered or expired, and how clearings progressed."""
    if expired:
        counts.expired += sum(message.is_original for message in settled.messages)
        await events.messages_expired(settled.messages)
        for message in settled.messages:
            message_waits(message)
    else:
        counts.delivered += sum(message.is_original for message in settled.messages)
        await events.messages_delivered(settled.messages)
    for clearing in settled.clearings:
        await events.clearing_went_on(clearing, await mailbox.progress(clearing))
