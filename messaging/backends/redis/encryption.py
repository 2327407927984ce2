"""Encrypt the data in Redis with MAILBOX_KEY, and bind it to the owner of the inbox."""

import json
import os
from datetime import datetime
from hashlib import blake2b
from typing import Any, TypeAlias

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from messaging.domain.conversations import Conversation, Person
from messaging.domain.events import NO_EVENT, NOTES_LEFT_OUT, Draft, Event
from messaging.domain.messages import Message

NONCE = 12  # random bytes, for far fewer than 2**32 uses of one key (NIST SP 800-38D)
PLACEHOLDERS = {b"": NO_EVENT, b"!": NOTES_LEFT_OUT}  # what scripts store in place of a draft

# Types decoded from JSON
Json: TypeAlias = Any
StoredPerson = tuple[int, str]
StoredMessage = tuple[str, StoredPerson, str, str, str]


class Encryptor:
    """Encrypt JSON with AES-256-GCM. Keys for it and for hashes are derived from `words`."""

    def __init__(self, words: str) -> None:
        self.cipher = AESGCM(
            blake2b(words.encode(), digest_size=32, person=b"sotto mailbox").digest()
        )
        self.naming = blake2b(words.encode(), digest_size=32, person=b"sotto names").digest()

    def close(self, owner: int, content: object) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self.cipher.encrypt(nonce, json.dumps(content).encode(), str(owner).encode())

    def open(self, owner: int, sealed: bytes) -> Json:
        return json.loads(self.cipher.decrypt(sealed[:NONCE], sealed[NONCE:], str(owner).encode()))

    def name(self, *parts: object) -> str:
        """Return a keyed hash of these parts, which is the same in every process."""
        return blake2b(
            "\n".join(map(str, parts)).encode(), key=self.naming, digest_size=16
        ).hexdigest()

    def encrypt_draft(self, draft: Draft) -> bytes:
        (name, words, shape), message = draft.event, draft.message
        event, people = [name, dict(words), dict(shape)], draft.conversation.participants
        return self.close(
            draft.owner, [people, event, draft.by, _closed(message) if message else None]
        )

    def decrypt_draft(self, owner: int, sealed: bytes) -> Draft:
        """Return the draft, with an event of PLACEHOLDERS for a withdrawal or omitted notes."""
        if sealed in PLACEHOLDERS:
            unknown = Conversation.of(Person(0, ""), Person(owner, ""))
            return Draft(owner, unknown, PLACEHOLDERS[sealed], owner)
        people, event, by, said = self.open(owner, sealed)
        conversation = opened_conversation(people)
        message = _opened_message(said, conversation) if said else None
        return Draft(owner, conversation, Event(*event), by, message)


def opened_conversation(people: list[StoredPerson]) -> Conversation:
    """Return the conversation of these participants."""
    return Conversation.of(*(Person(*person) for person in people))


def _closed(message: Message) -> list[object]:
    return [message.id, message.sender, message.text, message.posted_at.isoformat(), message.kind]


def _opened_message(said: StoredMessage, conversation: Conversation) -> Message:
    id, sender, text, posted_at, kind = said
    return Message(id, Person(*sender), conversation, text, datetime.fromisoformat(posted_at), kind)
