"""The participants of a conversation."""

from messaging.domain.conversations import Conversation, Person
from tests.messaging.backends.domain import ALICE, BOB, CAROL

BOTH = Conversation.of(BOB, ALICE)


def test_a_conversation_is_the_same_for_all_participants():
    assert Conversation.of(ALICE, BOB) == BOTH
    assert BOTH.participants == (ALICE, BOB)
    assert BOTH.key != Conversation.of(ALICE, CAROL).key


def test_the_key_of_a_conversation_survives_a_renamed_person():
    assert Conversation.of(Person(ALICE.id, ""), BOB).key == BOTH.key


def test_no_two_conversations_share_a_key():
    one, eleven, twelve = (Person(id, "") for id in (1, 11, 12))
    assert Conversation.of(one, twelve).key != Conversation.of(eleven, Person(2, "")).key


def test_each_of_two_participants_names_the_conversation_by_the_other():
    assert (BOTH.id_for(ALICE.id), BOTH.other(ALICE.id)) == ("2", BOB)
    assert (BOTH.id_for(BOB.id), BOTH.other(BOB.id)) == ("1", ALICE)


def test_a_conversation_can_have_more_than_two_participants():
    assert Conversation.of(CAROL, ALICE, BOB).others(BOB.id) == [ALICE, CAROL]
