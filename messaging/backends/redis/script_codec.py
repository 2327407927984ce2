"""Encode drafts, clearings and cursors for the scripts, and decode the scripts' answers."""

import secrets
from collections.abc import Iterable

from messaging.backends.redis.encryption import Encryptor, conversation_from_json
from messaging.backends.redis.pipeline import Word
from messaging.domain.clearing import Clearing, Progress
from messaging.domain.conversations import Conversation, Person
from messaging.domain.events import Draft
from messaging.domain.mailbox_results import Settled, read_cursor
from messaging.domain.messages import Message, message_key


def new_epoch() -> str:
    """Return a new epoch, which a script uses for an inbox that does not exist yet."""
    return secrets.token_urlsafe(6)


def cursor_words(cursor: str) -> tuple[str, int]:
    """Return epoch and number. The epoch is "" for a new page, and "-" for an invalid cursor."""
    return read_cursor(cursor) or ("-" if cursor else "", 0)


def ids(conversation: Conversation) -> str:
    """Return the ids of the participants, separated by spaces."""
    return " ".join(str(person.id) for person in conversation.participants)


class ScriptCodec:
    """A codec for scripts. They cannot decrypt a draft, so they also get the fields they need."""

    def __init__(self, encryptor: Encryptor) -> None:
        self.encryptor = encryptor

    def tag(self, sender: Person, message_id: str) -> str:
        return self.encryptor.name("message", message_key(sender, message_id))

    def digest(self, message: Message) -> str:
        file = message.file or ()
        return self.encryptor.name("text", message.conversation.key, message.text, *file)

    def name(self, conversation: Conversation) -> str:
        return self.encryptor.name("conversation", conversation.key)

    def drafts(self, drafts: Iterable[Draft], tag: str = "") -> list[Word]:
        """Return an epoch for missing inboxes, and the drafts in the format of `common.lua`.

        `tag` identifies the message that the drafts bring, if any.
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

    def entries(self, person_id: int, encrypted: Iterable[bytes]) -> list[Draft]:
        return [self.encryptor.decrypt_draft(person_id, each) for each in encrypted]

    def messages(self, owned: list[bytes]) -> list[Message]:
        """Decrypt messages from a list in which owners and encrypted drafts alternate."""
        drafts = [
            self.encryptor.decrypt_draft(int(owner), encrypted)
            for owner, encrypted in zip(*[iter(owned)] * 2, strict=True)
        ]
        return [draft.message for draft in drafts if draft.message]

    def about(self, by: int, conversation: Conversation) -> bytes:
        """Encode the person who clears and the conversation of a clearing."""
        encrypted = self.encryptor.encrypt(by, conversation.participants)
        return b"%d %s %s" % (by, self.name(conversation).encode(), encrypted)

    def clearing(self, id: bytes, about: bytes, final: Progress | None = None) -> Clearing:
        by, _, encrypted = about.split(b" ", 2)
        conversation = conversation_from_json(self.encryptor.decrypt(int(by), encrypted))
        return Clearing(id.decode(), int(by), conversation, {}, {}, final=final)

    def settled(self, unshown: list[bytes], ended: list[bytes]) -> Settled:
        """Decode the results of a sweep. A clearing has an ID, the value of `about`, and counts."""
        clearings = [
            self.clearing(id, about, Progress(*map(int, counts.split())))
            for id, about, counts in zip(*[iter(ended)] * 3, strict=True)
        ]
        return Settled(self.messages(unshown), clearings)


def _kind(draft: Draft) -> str:
    """Return the kind of the entry, which `common.lua` explains."""
    if not draft.message:
        return "-"
    if draft.is_own:
        return "o"
    return "i" if draft.message.is_original else "e"
