"""What a conversation knows of its participants."""

from messaging.domain.conversations import Conversation, Person
from tests.messaging.backends.domain import ALICE, BOB, CAROL

BOTH = Conversation.of(BOB, ALICE)


def test_it_is_the_same_for_all_participants():
    assert Conversation.of(ALICE, BOB) == BOTH
    assert BOTH.participants == (ALICE, BOB)
    assert BOTH.key != Conversation.of(ALICE, CAROL).key


def test_its_key_stays_if_a_name_changes():
    assert Conversation.of(Person(ALICE.id, ""), BOB).key == BOTH.key


def test_no_two_conversations_have_one_key():
    one, eleven, twelve = (Person(id, "") for id in (1, 11, 12))
    assert Conversation.of(one, twelve).key != Conversation.of(eleven, Person(2, "")).key


def test_each_of_two_knows_it_by_the_other():
    assert (BOTH.id_for(ALICE.id), BOTH.other(ALICE.id)) == ("2", BOB)
    assert (BOTH.id_for(BOB.id), BOTH.other(BOB.id)) == ("1", ALICE)


def test_there_may_be_more_than_two():
    assert Conversation.of(CAROL, ALICE, BOB).others(BOB.id) == [ALICE, CAROL]
