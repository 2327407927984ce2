"""Franking verifies what this server has delivered, and nothing that was altered."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from messaging.delivery import events
from messaging.domain import franking
from messaging.domain.conversations import Conversation, Person
from messaging.domain.files import File
from messaging.domain.messages import Message
from messaging.domain.plain_text import clean
from messaging.rendering.htmx import HtmxRenderer
from tests.messaging.backends.domain import ALICE, BOB, CAROL, message

SAID = Message(
    "0b8e1f7a-1111-4222-8333-123456789abc",
    ALICE,
    Conversation.of(ALICE, BOB),
    "I know where you live",
    datetime(2026, 11, 23, 12, tzinfo=UTC),
)
ALTERED = {
    "the text": SAID._replace(text="I know where you live!"),
    "a space": SAID._replace(text="I know where you  live"),
    "nothing in it": SAID._replace(text=""),
    "another sender": SAID._replace(sender=CAROL),
    "another recipient": SAID._replace(conversation=Conversation.of(ALICE, CAROL)),
    "the other way round": SAID._replace(sender=BOB),
    "another message": SAID._replace(id="0b8e1f7a-1111-4222-8333-123456789abd"),
    "a second later": SAID._replace(posted_at=SAID.posted_at + timedelta(seconds=1)),
}


RENDERER = HtmxRenderer()


def seals(fragment: str) -> list[str]:
    return re.findall(r'data-seal="([^"]*)"', fragment)


def test_an_unchanged_message_is_verified():
    assert franking.is_valid(franking.sign(SAID), SAID)


@pytest.mark.parametrize("altered", ALTERED.values(), ids=ALTERED.keys())
def test_any_altered_field_invalidates_the_signature(altered):
    assert not franking.is_valid(franking.sign(SAID), altered)


@pytest.mark.parametrize(
    "signature", ["", "x", "A" * 22, "é" * 22, franking.sign(SAID)[:-1], franking.sign(SAID) + "A"]
)
def test_an_invented_or_shortened_signature_is_invalid(signature):
    assert not franking.is_valid(signature, SAID)


def test_a_signature_has_128_bits_and_fits_into_an_attribute():
    assert re.fullmatch(r"[\w-]{22}", franking.sign(SAID), re.ASCII)
    assert escape(franking.sign(SAID)) == franking.sign(SAID)


def test_names_can_change_and_fractions_of_a_second_are_not_signed():
    renamed = SAID._replace(
        sender=Person(ALICE.id, "Alicia"), posted_at=SAID.posted_at.replace(microsecond=999_999)
    )
    assert franking.sign(renamed) == franking.sign(SAID)


def test_another_server_signs_differently(settings):
    signature = franking.sign(SAID)
    settings.SECRET_KEY = "another"
    assert not franking.is_valid(signature, SAID)
    assert franking.sign(SAID) != signature


def test_a_former_key_still_verifies_but_signs_nothing_new(settings):
    old = franking.sign(SAID)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert franking.is_valid(old, SAID)
    assert franking.sign(SAID) != old
    assert franking.is_valid(franking.sign(SAID), SAID)


@given(texts=st.lists(st.text(), min_size=2, max_size=2, unique=True))
def test_no_two_texts_share_a_signature(texts):
    one, two = (SAID._replace(text=clean(text)) for text in texts)
    assert (franking.sign(one) == franking.sign(two)) == (one == two)


# The shorter token, which edits and reactions require

LATELY = SAID._replace(posted_at=datetime.now(UTC))


def is_proved_by(proof: str, message: Message) -> bool:
    return franking.proves(proof, message.conversation, message.sender.id, message.id)


def test_a_token_has_64_bits_and_fits_into_an_attribute():
    assert re.fullmatch(r"[\w-]{11}", franking.proof(LATELY), re.ASCII)


@pytest.mark.parametrize("name", ALTERED)
def test_a_token_belongs_to_one_message_of_this_conversation_whatever_its_text(name):
    is_same = name in {"the text", "a space", "nothing in it", "a second later"}
    assert is_proved_by(franking.proof(LATELY), ALTERED[name]) == is_same


INVENTED = ["", "x", "A" * 11, "é" * 11, franking.proof(LATELY) + "A", franking.sign(LATELY)]


@pytest.mark.parametrize("proof", INVENTED, ids=range(len(INVENTED)))
def test_an_invented_token_is_invalid(proof):
    assert not is_proved_by(proof, LATELY)


@pytest.mark.parametrize(
    ("days", "holds"), [(-3, False), (-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_token_is_valid_for_a_day_or_two(days, holds):
    assert (
        is_proved_by(
            franking.proof(
                LATELY._replace(posted_at=datetime.now(UTC) + timedelta(days)),
            ),
            LATELY,
        )
        == holds
    )


def test_a_token_of_a_former_key_is_valid_and_one_of_another_server_is_not(
    settings,
):
    old, key = franking.proof(LATELY), settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    assert not is_proved_by(old, LATELY)
    settings.SECRET_KEY_FALLBACKS = [key]
    assert is_proved_by(old, LATELY)


@dataclass
class Copies:
    theirs: str
    own: str


@pytest.fixture
def said():
    return message("see https://example.org/ <b>&\nand so on")


@pytest.fixture
def copies(said):
    theirs, own = events.copies(said)
    return Copies(RENDERER.mail(theirs), RENDERER.mail(own))


def test_the_recipients_copy_is_signed(said, copies):
    [signature] = seals(copies.theirs)
    assert franking.is_valid(signature, said)


def test_the_senders_own_copy_is_not_signed(copies):
    assert seals(copies.own) == []


def test_each_message_has_its_own_signature(said, copies):
    assert seals(RENDERER.mail(events.copies(said._replace(text="other"))[0])) != seals(
        copies.theirs
    )


def test_both_participants_get_the_same_token_even_after_an_edit(said, copies):
    edit = RENDERER.mail(events.copies(said._replace(kind="edit"))[0])
    for fragment in (copies.theirs, copies.own, edit):
        assert re.findall(r'data-proof="([^"]*)"', fragment) == [franking.proof(said)]


FILE = File(2_400_000, "jpeg", "ab" * 32)
OFFERED = LATELY._replace(file=FILE)


def test_the_token_of_a_file_is_marked_and_invalid_for_a_text():
    of_file, of_text = franking.proof(OFFERED), franking.proof(LATELY)
    assert franking.is_of_file(of_file)
    assert not franking.is_of_file(of_text)
    assert is_proved_by(of_file, OFFERED)
    assert not is_proved_by(of_file.removeprefix("file."), OFFERED)
    assert not is_proved_by(f"file.{of_text}", LATELY)


@given(st.text(), st.text())
def test_no_text_has_the_signature_of_a_file(before, after):
    """Not even a text that contains the signed fields of a file."""
    text = f"{before}{FILE.size}\n{FILE.kind}\n{FILE.digest}\n{OFFERED.text}{after}"
    assert franking.sign(OFFERED) != franking.sign(LATELY._replace(text=text))
    assert franking.sign(OFFERED) != franking.sign(LATELY)
