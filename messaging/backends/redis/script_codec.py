"""How drafts, clearings and cursors are passed to the scripts, and read from their answers."""

import secrets
from collections.abc import Iterable

from messaging.backends.redis.encryption import Encryptor, opened_conversation
from messaging.backends.redis.pipeline import Word
from messaging.domain.clearing import Clearing, Progress
from messaging.domain.conversations import Conversation, Person
from messaging.domain.events import Draft
from messaging.domain.mailbox_results import Settled, read_cursor
from messaging.domain.messages import Message, message_key


def new_epoch() -> str:
    """Return the epoch of an inbox, should it be missing."""
    return secrets.token_urlsafe(6)


def cursor_words(cursor: str) -> tuple[str, int]:
    """Return epoch and number. A new page has the epoch "", an invalid cursor "-", as no inbox."""
    return read_cursor(cursor) or ("-" if cursor else "", 0)


def ids(conversation: Conversation) -> str:
    """Return the ids of the participants, separated by spaces."""
    return " ".join(str(person.id) for person in conversation.participants)


class ScriptCodec:
    """The scripts cannot look into a draft, so they also get what they need to know of it."""

    def __init__(self, encryptor: Encryptor) -> None:
        self.encryptor = encryptor

    def tag(self, sender: Person, message_id: str) -> str:
        return self.encryptor.name("message", message_key(sender, message_id))

    def digest(self, message: Message) -> str:
        return self.encryptor.name("text", message.conversation.key, message.text)

    def name(self, conversation: Conversation) -> str:
        return self.encryptor.name("conversation", conversation.key)

    def drafts(self, drafts: Iterable[Draft], tag: str = "") -> list[Word]:
        """Return the epoch of inboxes that are missing, and the drafts as `common.lua` reads them.

        `tag` is that of the message that they bring.
        """
        return [new_epoch(), *(word for draft in drafts for word in self._draft(draft, tag))]

    def _draft(self, draft: Draft, tag: str) -> list[Word]:
        return [
            draft.owner,
            draft.size,
            _kind(draft),
            tag,
            self.name(draft.conversation),
            "own" if draft.is_own else self.encryptor.name("share", draft.owner, draft.by),
            draft.clearing,
            self.encryptor.encrypt_draft(draft),
        ]

    def entries(self, person_id: int, sealed: Iterable[bytes]) -> list[Draft]:
        return [self.encryptor.decrypt_draft(person_id, each) for each in sealed]

    def messages(self, owned: list[bytes]) -> list[Message]:
        """Read owners and sealed drafts in turn."""
        drafts = [
            self.encryptor.decrypt_draft(int(owner), sealed)
            for owner, sealed in zip(*[iter(owned)] * 2, strict=True)
        ]
        return [draft.message for draft in drafts if draft.message]

    def about(self, by: int, conversation: Conversation) -> bytes:
        """Return what a clearing is about: who has cleared, and which conversation."""
        sealed = self.encryptor.close(by, conversation.participants)
        return b"%d %s %s" % (by, self.name(conversation).encode(), sealed)

    def clearing(self, id: bytes, about: bytes, final: Progress | None = None) -> Clearing:
        by, _, sealed = about.split(b" ", 2)
        conversation = opened_conversation(self.encryptor.open(int(by), sealed))
        return Clearing(id.decode(), int(by), conversation, {}, {}, final=final)

    def settled(self, unshown: list[bytes], ended: list[bytes]) -> Settled:
        """Read what the sweep returns; of each clearing the ID, what it is about and the counts."""
        clearings = [
            self.clearing(id, about, Progress(*map(int, counts.split())))
            for id, about, counts in zip(*[iter(ended)] * 3, strict=True)
        ]
        return Settled(self.messages(unshown), clearings)


def _kind(draft: Draft) -> str:
    """Return the entry's kind, as `common.lua` explains it."""
    if not draft.message:
        return "-"
    if draft.is_own:
        return "o"
    return "i" if draft.message.is_original else "e"
