"""Tell other features that a message waits in its sender's page for its recipient to return."""

from collections.abc import Callable

from messaging.domain.messages import Message

# Called on the event loop, before the sender is answered, so they only start something.
listeners: list[Callable[[Message], None]] = []


def message_waits(message: Message) -> None:
    """Call the listeners, but not for an edit or a reaction, which do not wait."""
    if message.is_original:
        for listener in listeners:
            listener(message)
