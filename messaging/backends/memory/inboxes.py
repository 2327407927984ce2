"""The inboxes of all people."""

import secrets

from messaging.backends.memory.accepted import Accepted
from messaging.backends.memory.inbox import ORIGIN, Inbox
from messaging.domain.conversations import Conversation
from messaging.domain.mailbox_results import Entry, Statistics, Usage
from messaging.domain.messages import Message


class Inboxes(dict[int, Inbox]):
    """Inboxes by their owners' ids. A lookup with [] creates a missing one."""

    def __init__(self) -> None:
        super().__init__()
        self.origin = secrets.token_hex(ORIGIN // 2)

    def __missing__(self, person_id: int) -> Inbox:
        inbox = self[person_id] = Inbox(epoch=self.origin + secrets.token_urlsafe(6))
        return inbox

    def note_delivered(self, message: Message) -> None:
        if known := self._accepted(message):
            known.is_delivered = True

    def note_expired(self, message: Message) -> None:
        if known := self._accepted(message):
            known.is_expired = True

    def _accepted(self, message: Message) -> Accepted | None:
        # The state of an edit says nothing about the message itself.
        return self[message.sender.id].accepted.get(message.id) if message.is_original else None

    def sever(self, conversation: Conversation) -> list[Message]:
        unshown: list[Message] = []
        for person in conversation.participants:
            if inbox := self.get(person.id):
                unshown += inbox.sever(person.id, conversation)
        for message in unshown:
            self.note_expired(message)
        return unshown

    def forget_old(self, now: float, seconds: float) -> list[Message]:
        """Remove what has expired. Return the messages that no window has shown."""
        unshown: list[Message] = []
        for person_id, inbox in list(self.items()):
            unshown += inbox.forget_old(now, seconds)
            if inbox.is_unused():
                del self[person_id]
        for message in unshown:
            self.note_expired(message)
        return unshown

    def usage(self, person_id: int, expires: float, clearings: int) -> Usage:
        """Return how much is stored about a person. A new entry would expire at `expires`."""
        inbox = self.get(person_id) or Inbox()
        others = [
            entry.draft.message
            for owner, other in self.items()
            if owner != person_id
            for entry in other.entries
            if entry.draft.message
        ]
        return Usage(
            entries=len(inbox.entries),
            size=sum(len(_texts(entry).encode()) for entry in inbox.entries),
            age=expires - inbox.entries[0].expires if inbox.entries else 0.0,
            windows=len(inbox.windows),
            accepted=len(inbox.accepted),
            elsewhere=sum(
                message.sender.id == person_id and message.is_original for message in others
            ),
            clearings=clearings,
        )

    def statistics(self) -> Statistics:
        return Statistics(
            entries=sum(len(inbox.entries) for inbox in self.values()),
            size=sum(inbox.size for inbox in self.values()),
            reachable=sum(bool(inbox.windows) for inbox in self.values()),
        )


def _texts(entry: Entry) -> str:
    words = "".join(entry.draft.event.words.values())
    return words + (entry.draft.message.text if entry.draft.message else "")
