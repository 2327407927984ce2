"""The uses of each field of a message. A new field fails here until it is listed."""

from datetime import timedelta

import pytest

from messaging.backends.memory.accepted import digest
from messaging.backends.redis.script_codec import ScriptCodec
from messaging.domain import franking
from messaging.domain.conversations import Conversation
from messaging.domain.events import Draft, Event
from messaging.domain.files import File
from messaging.domain.messages import Message
from tests.messaging.backends.domain import ALICE, BOB, CAROL, message
from tests.messaging.backends.mailboxes import ENCRYPTOR

ONE = message("hello", id="0b8e1f7a-1111-4222-8333-123456789abc")
OTHER = Message(
    id="0b8e1f7a-1111-4222-8333-123456789abd",
    sender=BOB,
    conversation=Conversation.of(ALICE, CAROL),
    text="hello there",
    posted_at=ONE.posted_at + timedelta(seconds=1),
    kind="reaction",
    file=File(2_400_000, "jpeg", "ab" * 32),
)
# Whether a field is signed (for reports), compared (if a message with the same sender and id
# arrives again), and counted (for limits). A reaction is never signed, and an edit like a message.
USES = {
    "id": (True, False, False),
    "sender": (True, False, False),
    "conversation": (True, True, False),
    "text": (True, True, True),
    "posted_at": (True, False, False),
    "kind": (False, False, False),
    "file": (True, True, True),
}


def stored(message: Message) -> Draft:
    return Draft(BOB.id, message.conversation, Event("message_posted"), ALICE.id, message)


@pytest.mark.parametrize("field", Message._fields)
def test_each_field_is_signed_compared_counted_and_stored_as_listed(field):
    changed = ONE._replace(**{field: getattr(OTHER, field)})
    is_signed = franking.sign(changed) != franking.sign(ONE)
    is_compared = digest(changed, b"key") != digest(ONE, b"key")
    is_counted = stored(changed).size != stored(ONE).size
    assert (is_signed, is_compared, is_counted) == USES[field]
    redis = ScriptCodec(ENCRYPTOR)
    assert (redis.digest(changed) != redis.digest(ONE)) is is_compared
    encrypted = ENCRYPTOR.encrypt_draft(stored(changed))
    assert ENCRYPTOR.decrypt_draft(BOB.id, encrypted).message == changed


@pytest.mark.parametrize("field", File._fields)
def test_each_field_of_a_file_is_signed_compared_and_stored(field):
    file = File(2_400_000, "jpeg", "ab" * 32)
    one = ONE._replace(file=file)
    changed = one._replace(file=file._replace(**{field: getattr(File(1, "png", ""), field)}))
    assert franking.sign(changed) != franking.sign(one)
    assert digest(changed, b"key") != digest(one, b"key")
    redis = ScriptCodec(ENCRYPTOR)
    assert redis.digest(changed) != redis.digest(one)
    encrypted = ENCRYPTOR.encrypt_draft(stored(changed))
    assert ENCRYPTOR.decrypt_draft(BOB.id, encrypted).message == changed


def test_a_message_that_the_release_before_files_has_stored_can_be_read():
    people, event = [ALICE, BOB], ["message_posted", {}, {}]
    said = [ONE.id, ALICE, ONE.text, ONE.posted_at.isoformat(), "message"]
    encrypted = ENCRYPTOR.encrypt(BOB.id, [people, event, ALICE.id, said])
    assert ENCRYPTOR.decrypt_draft(BOB.id, encrypted) == stored(ONE)


def test_a_message_without_a_file_is_stored_as_the_release_before_files_reads_it():
    encrypted = ENCRYPTOR.encrypt_draft(stored(ONE))
    *_, said = ENCRYPTOR.decrypt(BOB.id, encrypted)
    assert len(said) == 5
