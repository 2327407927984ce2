"""Which names there may be, and which are one and the same."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts import usernames
from accounts.models import User

EVERY_CHARACTER = st.characters(exclude_categories=())


def refusal(name):
    """The sentence that refuses a name, or nothing."""
    try:
        usernames.validate(name)
    except ValidationError as error:
        (sentence,) = error.messages
        return sentence
    return ""


@pytest.mark.parametrize(
    "name",
    [
        *(
            "alice",
            "Bob",
            "carol_7",
            "o.k",
            "jean-luc",
            "a--b",
            "42",
            "Ali",
            "Mia",
            "Ina",
            "straße",
            "Nguyễn",
            "Zoë",
        ),
        *("Ольга", "Δημήτρης", "محمد", "שָׁלוֹם", "Հայկ", "გიორგი"),
        *("नमस्ते", "रवि", "தமிழ்", "พันธุ์", "ซึ่ง", "မြှို့", "སྒྲུབས", "ស្រី"),
        *("田中さん", "タナカー", "김민수", "田中Ken", "김Lee", "ㄅㄆ李A", "ꓮꓠꓮ"),  # noqa: RUF001
    ],
)
def test_names_of_the_world_are_welcome(name):
    assert refusal(name) == ""


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a", "too short"),
        ("", "too short"),
        ("a" * 33, "too long"),
        ("e\u0301" * 5_000, "too long"),
        ("two words", "only letters and digits"),
        ("a/b", "only letters and digits"),
        ("ab😀", "only letters and digits"),
        ("ab\ufffd", "only letters and digits"),
        ("a\u20ddb", "only letters and digits"),
        (".ab", "start and end"),
        ("ab-", "start and end"),
        ("\u0301ab", "start and end"),
        ("a.\u0301b", "start and end"),
        ("a\x00b", "invisible"),
        ("a\nb", "invisible"),
        ("a\u200bb", "invisible"),
        ("a\u00adb", "invisible"),
        ("a\u202eb", "invisible"),
        ("a\u2066b", "invisible"),
        ("a\ufe0fb", "invisible"),
        ("a\u3164b", "invisible"),
        ("ab\U000e0041", "invisible"),
        ("ab\ud800", "invisible"),
        ("ab\ue000", "invisible"),
        ("ab\u0378", "invisible"),
        ("x\u0301\u0302\u0303b", "too many accents"),
        ("x\u0301\u0301b", "too many accents"),
        ("ก" + "\u0e47\u0e34" * 2, "too many accents"),
        ("𓀀𓀁", "everyday use"),
        ("\u0430lice", "mixes scripts"),
        ("b\u03bfb", "mixes scripts"),
        ("c\u0430r\u03bfl", "mixes scripts"),
        ("Ольгa", "mixes scripts"),  # noqa: RUF001
        ("Ken田さ김", "mixes scripts"),
        ("田中Ольга", "mixes scripts"),
        ("admin", "reserved"),
        ("Sotto", "reserved"),
        ("ＡＤＭＩＮ", "reserved"),  # noqa: RUF001
        ("adm1n", "reserved"),
        ("he1p", "reserved"),
        ("heIp", "reserved"),
        ("r00t", "reserved"),
        ("5y5tem", "reserved"),
        ("sys_tem", "reserved"),
        ("ad.min", "reserved"),
        ("adrnin", "reserved"),
        ("ädmin", "reserved"),
        ("аԁміп", "reserved"),
        ("ѕотто", "reserved"),
        ("НЕІР", "reserved"),  # noqa: RUF001
        ("ΤΕΑΜ", "reserved"),  # noqa: RUF001
        ("ꓮꓓꓟꓲꓠ", "reserved"),  # noqa: RUF001
        ("everyone", "reserved"),
        ("nu11", "reserved"),
        ("You", "reserved"),
    ],
)
def test_a_name_that_deceives_or_breaks_is_refused(name, reason):
    assert reason in refusal(name)


@pytest.mark.parametrize("word", [*usernames.OFFICIALS.split(), *usernames.WORDS.split()])
def test_no_reserved_word_is_a_name_in_any_case(word):
    assert {refusal(word), refusal(word.upper()), refusal(word.title())} == {refusal("admin")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice", "ALICE"),
        ("alice", "ａｌｉｃｅ"),  # noqa: RUF001
        ("Zoe\u0308", "Zo\u00eb"),
        ("strasse", "STRAßE"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("ﬁona", "fiona"),
        ("Ångström", "A\u030angstro\u0308m"),
    ],
)
def test_spellings_of_one_name_share_its_key(one, other):
    assert usernames.fold(one) == usernames.fold(other)


def test_folding_any_character_twice_changes_nothing():
    keys = [usernames.fold(chr(code)) for code in range(0x110000)]
    assert [key for key in keys if usernames.fold(key) != key] == []


@given(st.text(EVERY_CHARACTER, max_size=40))
def test_any_text_is_refused_or_its_normal_form_is_a_name(text):
    if refusal(text):
        return
    name = usernames.normalise(text)
    assert usernames.normalise(name) == name
    assert refusal(name) == ""
    assert usernames.SHORTEST <= len(name) <= usernames.LONGEST
    assert usernames.may_be_looked_up(name)
    assert usernames.fold(name) == usernames.fold(text) == usernames.fold(usernames.fold(text))
    assert len(usernames.fold(name)) <= 3 * usernames.LONGEST_TYPED


@given(st.text(st.characters(categories=["L", "Nd"]), min_size=2, max_size=12))
def test_a_name_that_is_accepted_keeps_its_key_in_any_case(text):
    if not refusal(text):
        assert usernames.fold(usernames.normalise(text).upper().lower()) == usernames.fold(
            text.upper()
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "odd",
    [
        None,
        7,
        b"alice",
        ["alice"],
        "",
        "\x00",
        "alice\x00",
        "\ud800",
        "a" * 10_000,
        "\u0301" * 100_000,
        "ab\ue000",
    ],
)
def test_looking_for_nonsense_finds_nobody(alice, odd):
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(odd)


def test_a_person_is_found_by_any_spelling(alice):
    assert User.objects.get_by_natural_key("ＡＬＩＣＥ") == alice  # noqa: RUF001


@pytest.mark.django_db(transaction=True)
async def test_a_person_is_found_without_blocking():
    made = await User.objects.acreate(username="Zoë")
    assert await User.objects.aget_by_natural_key("ZOË") == made
    with pytest.raises(User.DoesNotExist):
        await User.objects.aget_by_natural_key(None)


def test_the_key_follows_the_name(alice):
    alice.username = "Alicia"
    alice.save(update_fields=["username"])
    alice.refresh_from_db()
    assert (alice.username, alice.username_key) == ("Alicia", "alicia")


@pytest.mark.django_db
def test_a_name_is_stored_as_typed_in_its_normal_form():
    assert User.objects.create_user("Zoe\u0308").username == "Zo\u00eb"
