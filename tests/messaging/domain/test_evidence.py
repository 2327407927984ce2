"""Reports are parsed strictly, limited in size, and compared with signatures."""

import json

import pytest

from messaging.domain import evidence, franking
from messaging.domain.files import File
from messaging.domain.messages import Refused
from messaging.domain.sizes import MAX_REPORTED
from tests.messaging.backends.domain import ALICE, BOB, CAROL, message

THREAT = message("I know where you live", sender=BOB, recipient=ALICE)
FILE = File(2_400_000, "jpeg", "ab" * 32)
OFFER = message("holiday.jpg", sender=BOB, recipient=ALICE)._replace(file=FILE)
OTHER_FILE = {"size": 2_400_001, "kind": "", "digest": ""}


def shown(said, **altered):
    """Return the message as the page sends it."""
    fields = {
        "sender": str(said.sender.id),
        "id": said.id,
        "text": said.text,
        "posted_at": said.posted_at.isoformat(timespec="seconds"),
        "seal": franking.sign(said) if said.sender != ALICE else "",
    }
    file = {"file": said.file._asdict()} if said.file else {}
    return json.dumps(fields | file | altered)


def read(*texts, reason="threat", note=""):
    return evidence.read(ALICE, BOB, reason, note, texts or [shown(THREAT)])


def refused(*texts, **words):
    with pytest.raises(Refused) as refusal:
        read(*texts, **words)
    return refusal.value.reason


def test_a_delivered_message_is_verified():
    report = read()
    [exhibit] = report.exhibits
    assert exhibit.is_verified
    assert (exhibit.message.text, exhibit.message.sender) == (THREAT.text, BOB)
    assert report.reason == "Threats or violence"


def test_line_breaks_are_verified_however_a_form_encodes_them():
    said = THREAT._replace(text="one\ntwo\n\nthree")
    assert read(shown(said, text="one\r\ntwo\r\n\r\nthree")).exhibits[0].is_verified


@pytest.mark.parametrize(
    "altered",
    [
        {"text": "I like where you live"},
        {"posted_at": "2026-11-23T12:00:00+00:00"},
        {"id": "0b8e1f7a-1111-4222-8333-123456789abc"},
        {"seal": ""},
        {"seal": "A" * 22},
    ],
    ids=str,
)
def test_an_altered_message_is_kept_but_not_verified(altered):
    [exhibit] = read(shown(THREAT, **altered)).exhibits
    assert not exhibit.is_verified
    if "text" in altered:
        assert exhibit.message.text == altered["text"]


def test_an_offered_file_is_verified_with_its_name_size_kind_and_hash():
    [exhibit] = read(shown(OFFER)).exhibits
    assert exhibit.is_verified
    assert (exhibit.message.text, exhibit.message.file) == (OFFER.text, FILE)


@pytest.mark.parametrize(
    "altered",
    [
        {"text": "holiday.png"},
        *({"file": FILE._asdict() | {name: value}} for name, value in OTHER_FILE.items()),
    ],
    ids=str,
)
def test_an_altered_file_is_kept_but_not_verified(altered):
    [exhibit] = read(shown(OFFER, **altered)).exhibits
    assert exhibit.message.file
    assert not exhibit.is_verified


def test_neither_a_text_can_be_reported_as_a_file_nor_a_file_as_a_text():
    as_text = shown(OFFER._replace(file=None), seal=franking.sign(OFFER))
    as_file = shown(THREAT, file=FILE._asdict())
    assert [exhibit.is_verified for exhibit in read(as_text, as_file).exhibits] == [False, False]


def test_a_signature_of_another_conversation_is_invalid():
    to_carol = message("psst", sender=BOB, recipient=CAROL)
    from_carol = message("psst", sender=CAROL, recipient=ALICE)
    assert not read(shown(to_carol)).exhibits[0].is_verified
    assert not read(shown(from_carol, sender=str(BOB.id))).exhibits[0].is_verified


def test_own_messages_are_context_and_never_verified():
    mine = message("stop it", sender=ALICE, recipient=BOB)
    own = read(shown(mine, seal=franking.sign(mine)), shown(THREAT)).exhibits[0]
    assert own.message.sender == ALICE
    assert not own.is_verified


def test_a_report_requires_a_message_of_the_other_person():
    mine = message("stop it", sender=ALICE, recipient=BOB)
    assert "message from this person" in refused(shown(mine))
    with pytest.raises(Refused, match="at least one"):
        evidence.read(ALICE, BOB, "threat", "", [])


def test_messages_of_a_third_person_are_refused():
    assert refused(shown(message("psst", sender=CAROL, recipient=ALICE))) == evidence.UNREADABLE


def test_the_reason_must_be_a_known_one():
    for reason in ("", "because", "Threats or violence"):
        assert "reason" in refused(reason=reason)


def test_sizes_are_limited_and_the_limit_is_told():
    assert "1001" in refused(note="x" * 1001)
    assert read(note=" x" * 500).note
    assert len(read(*[shown(THREAT)] * 50).exhibits) == 50
    assert "51 messages" in refused(*[shown(THREAT)] * 51)
    long = shown(THREAT._replace(text="x" * (MAX_REPORTED // 5)))
    assert len(read(*[long] * 5).exhibits) == 5
    assert "too long for one report" in refused(*[long] * 5, shown(THREAT))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "[]",
        "null",
        "1",
        "{}",
        "[" * 100_000,
        '{"sender": NaN}',
        "9" * 5000,
        shown(THREAT, sender=2),
        shown(THREAT, text=None),
        shown(THREAT, more="x"),
        shown(OFFER, file=None),
        shown(OFFER, file={"size": 1}),
        shown(THREAT, id="x"),
        shown(THREAT, id=f"{THREAT.id}\n"),
        shown(THREAT, seal="é"),
        shown(THREAT, seal="A" * 65),
        shown(THREAT, posted_at=""),
        shown(THREAT, posted_at="2026-02-31T12:00:00+00:00"),
        shown(THREAT, posted_at="2026-11-23T12:00:00"),
        shown(THREAT, posted_at="2026-11-23T12:00:00+00:00\n"),
        shown(THREAT, posted_at="0000-01-01T00:00:00+00:00"),
        shown(THREAT)[:-1] + ', "id": "x"}',
    ],
    ids=map(str, range(24)),  # the texts differ between processes
)
def test_input_that_no_page_of_ours_sends_is_refused(text):
    assert refused(text) == evidence.UNREADABLE


def test_unpaired_surrogates_do_no_harm():
    said = shown(THREAT, text="\ud800I know where you live\x00")
    assert read(said, note="\ud800").exhibits[0].is_verified
