"""How drafts, clearings and cursors are passed to the scripts, and read from their answers."""

import secrets
from collections.abc import Iterable

from messaging.backends.redis.encryption import Encryptor
from messaging.backends.redis.pipeline import Word
from messaging.domain.clearing import Clearing, Progress
from messaging.domain.events import Draft
from messaging.domain.mailbox_results import Settled, read_cursor
from messaging.domain.messages import Message, Person, message_key


def new_epoch() -> str:
    """Return the epoch of an inbox, should it be missing."""
    return secrets.token_urlsafe(6)


def cursor_words(cursor: str) -> tuple[str, int]:
    """Return epoch and number. A new page has the epoch "", an invalid cursor "-", as no inbox."""
    return read_cursor(cursor) or ("-" if cursor else "", 0)


class ScriptCodec:
    """The scripts cannot look into a draft, so they also get what they need to know of it."""

    def __init__(self, encryptor: Encryptor) -> None:
        self.encryptor = encryptor

    def tag(self, sender: Person, message_id: str) -> str:
        return self.encryptor.name("message", message_key(sender, message_id))

    def digest(self, message: Message) -> str:
        return self.encryptor.name("text", message.conversation.key, message.text)

    def pair(self, one_id: int, other_id: int) -> str:
        return self.encryptor.name("pair", *sorted([one_id, other_id]))

    def draft(self, draft: Draft, tag: str = "", pair: str = "") -> list[Word]:
        if draft.is_peers:
            pair = self.pair(draft.owner, draft.peer.id)
        sealed = self.encryptor.encrypt_draft(draft)
        return [draft.owner, draft.size, _kind(draft), tag, pair, draft.clearing, sealed]

    def drafts(self, drafts: Iterable[Draft]) -> list[Word]:
        """Return drafts for inboxes that may be missing, each after an epoch."""
        return [word for draft in drafts for word in (new_epoch(), *self.draft(draft))]

    def entries(self, person_id: int, sealed: Iterable[bytes]) -> list[Draft]:
        return [self.encryptor.decrypt_draft(person_id, each) for each in sealed]

    def messages(self, owned: list[bytes]) -> list[Message]:
        """Read owners and sealed drafts in turn."""
        drafts = [
            self.encryptor.decrypt_draft(int(owner), sealed)
            for owner, sealed in zip(*[iter(owned)] * 2, strict=True)
        ]
        return [draft.message for draft in drafts if draft.message]

    def participants(self, by: Person, peer: Person) -> bytes:
        return b"%d %s" % (by.id, self.encryptor.close(by.id, [*by, *peer]))

    def clearing(self, id: bytes, participants: bytes, final: Progress | None = None) -> Clearing:
        by_id, _, sealed = participants.partition(b" ")
        names = self.encryptor.open(int(by_id), sealed)
        return Clearing(id.decode(), Person(*names[:2]), Person(*names[2:]), {}, {}, final=final)

    def settled(self, unshown: list[bytes], ended: list[bytes]) -> Settled:
        """Read what the sweep returns; of each clearing the ID, the participants and the counts."""
        clearings = [
            self.clearing(id, participants, Progress(*map(int, counts.split())))
            for id, participants, counts in zip(*[iter(ended)] * 3, strict=True)
        ]
        return Settled(self.messages(unshown), clearings)


def _kind(draft: Draft) -> str:
    """Return the entry's kind, as `common.lua` explains it."""
    if not draft.message:
        return "-"
    if not draft.incoming:
        return "o"
    return "i" if draft.message.is_original else "e"
