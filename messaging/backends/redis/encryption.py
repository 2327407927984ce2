"""Encrypt the data in Redis with MAILBOX_KEY, and bind it to the owner of the inbox."""

import json
import os
from datetime import datetime
from hashlib import blake2b
from typing import Any, TypeAlias

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from messaging.domain.conversations import Conversation, Person
from messaging.domain.events import NO_EVENT, NOTES_LEFT_OUT, Draft, Event
from messaging.domain.files import File
from messaging.domain.messages import Message

NONCE_BYTES = 12  # random bytes, for far fewer than 2**32 uses of one key (NIST SP 800-38D)
PLACEHOLDERS = {b"": NO_EVENT, b"!": NOTES_LEFT_OUT}  # what scripts store in place of a draft

# Types decoded from JSON
Json: TypeAlias = Any
StoredPerson = tuple[int, str]
# Id, sender, text, time and kind, then the file, if any
StoredMessage = list[Any]


class Encryptor:
    """Encrypt JSON with AES-256-GCM. Keys for it and for hashes are derived from `words`."""

    def __init__(self, words: str) -> None:
        self.cipher = AESGCM(
            blake2b(words.encode(), digest_size=32, person=b"sotto mailbox").digest()
        )
        self.hash_key = blake2b(words.encode(), digest_size=32, person=b"sotto names").digest()

    def encrypt(self, owner: int, content: object) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self.cipher.encrypt(nonce, json.dumps(content).encode(), str(owner).encode())

    def decrypt(self, owner: int, encrypted: bytes) -> Json:
        return json.loads(
            self.cipher.decrypt(
                encrypted[:NONCE_BYTES], encrypted[NONCE_BYTES:], str(owner).encode()
            )
        )

    def name(self, *parts: object) -> str:
        """Return a keyed hash of these parts, which is the same in every process."""
        return blake2b(
            "\n".join(map(str, parts)).encode(), key=self.hash_key, digest_size=16
        ).hexdigest()

    def encrypt_draft(self, draft: Draft) -> bytes:
        (name, words, shape), message = draft.event, draft.message
        event, people = [name, dict(words), dict(shape)], draft.conversation.participants
        return self.encrypt(
            draft.owner, [people, event, draft.by, _to_json(message) if message else None]
        )

    def decrypt_draft(self, owner: int, encrypted: bytes) -> Draft:
        """Return the draft, with an event of PLACEHOLDERS for a withdrawal or omitted notes."""
        if encrypted in PLACEHOLDERS:
            unknown = Conversation.of(Person(0, ""), Person(owner, ""))
            return Draft(owner, unknown, PLACEHOLDERS[encrypted], owner)
        people, event, by, said = self.decrypt(owner, encrypted)
        conversation = conversation_from_json(people)
        message = _message_from_json(said, conversation) if said else None
        return Draft(owner, conversation, Event(*event), by, message)


def conversation_from_json(people: list[StoredPerson]) -> Conversation:
    """Return the conversation of these participants."""
    return Conversation.of(*(Person(*person) for person in people))


def _to_json(message: Message) -> StoredMessage:
    id, sender, _, text, posted_at, kind, file = message
    stored = [id, sender, text, posted_at.isoformat(), kind]
    return [*stored, file] if file else stored


def _message_from_json(said: StoredMessage, conversation: Conversation) -> Message:
    id, sender, text, posted_at, kind, *rest = said
    file = File(*rest[0]) if rest else None
    moment = datetime.fromisoformat(posted_at)
    return Message(id, Person(*sender), conversation, text, moment, kind, file)
