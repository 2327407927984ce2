"""What became of messages: tell their senders, and features that want to know."""

from collections.abc import Callable

from messaging.backends import mailbox
from messaging.delivery import events
from messaging.delivery.counters import counts
from messaging.domain.mailbox_results import Settled
from messaging.domain.messages import Message

# Called on the event loop, before the sender is answered, so they only start something.
listeners: list[Callable[[Message], None]] = []


def message_waits(message: Message) -> None:
    """Call the listeners, because a message waits in its sender's page for its recipient to return.
    Edits and reactions do not wait.
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
