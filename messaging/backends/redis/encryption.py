"""Encrypt what is stored in Redis with MAILBOX_KEY, bound to the owner of the inbox."""

import json
import os
from datetime import datetime
from hashlib import blake2b
from typing import Any, TypeAlias

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from messaging.domain.conversations import Conversation
from messaging.domain.events import LEFT_OUT, NOTHING, Draft, Event
from messaging.domain.messages import Message, Person

NONCE = 12  # random bytes, for far fewer than 2**32 uses of one key (NIST SP 800-38D)
FORMAT = 2  # of an entry. The release before wrote no number, and refuses entries that have one.
UNSEALED = {b"": NOTHING, b"!": LEFT_OUT}  # what the scripts put in place of a draft

# As JSON has them
Json: TypeAlias = Any
StoredPerson = tuple[int, str]
StoredMessage = tuple[str, StoredPerson, StoredPerson, str, str, str]


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
        """Return a keyed hash, which is the same in every process."""
        return blake2b(
            "\n".join(map(str, parts)).encode(), key=self.naming, digest_size=16
        ).hexdigest()

    def encrypt_draft(self, draft: Draft) -> bytes:
        (name, words, shape), message = draft.event, draft.message
        said = _sealed(message) if message else None
        event = [name, dict(words), dict(shape)]
        return self.close(draft.owner, [FORMAT, draft.peer, event, said])

    def decrypt_draft(self, owner: int, sealed: bytes) -> Draft:
        """Return the draft as it was. What was withdrawn is empty, and what was left out marked."""
        if sealed in UNSEALED:
            return Draft(owner, Person(0, ""), UNSEALED[sealed])
        *_, peer, event, said = self.open(owner, sealed)  # FORMAT may be absent
        return Draft(owner, Person(*peer), Event(*event), _message(said) if said else None)


def _sealed(message: Message) -> list[object]:
    id, sender, conversation, text, posted_at, kind = message
    return [id, sender, conversation.other(sender.id), text, posted_at.isoformat(), kind]


def _message(said: StoredMessage) -> Message:
    id, sender, recipient, text, posted_at, kind = said
    conversation = Conversation.of(Person(*sender), Person(*recipient))
    return Message(id, Person(*sender), conversation, text, datetime.fromisoformat(posted_at), kind)
