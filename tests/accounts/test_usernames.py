"""Which names are allowed, and which are the same."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts import usernames
from accounts.models import User

EVERY_CHARACTER = st.characters(exclude_categories=())


def refusal(name):
    """Return the reason why a name is refused, or ""."""
    try:
        usernames.validate(name)
    except ValidationError as error:
        (sentence,) = error.messages
        return sentence
    return ""


@pytest.mark.parametrize(
    "name",
    [
        *("alice", "Bob", "carol_7", "o.k", "jean-luc", "a--b", "42", "Ali", "Mia", "Ina"),
        *("straße", "Nguyễn", "Zoë"),
        *("Ольга", "Δημήτρης", "محمد", "שָׁלוֹם", "Հայկ", "გიორგი"),
        *("नमस्ते", "रवि", "தமிழ்", "พันธุ์", "ซึ่ง", "မြှို့", "སྒྲུབས", "ស្រី"),
        *("田中さん", "タナカー", "김민수", "田中Ken", "김Lee", "ㄅㄆ李A", "ꓮꓠꓮ"),  # noqa: RUF001
    ],
)
def test_names_in_any_script_are_accepted(name):
    assert refusal(name) == ""


BAD_NAMES = {
    "too short": ["a", ""],
    "too long": ["a" * 33, "e\u0301" * 5_000],
    "only letters and digits": ["two words", "a/b", "ab😀", "ab\ufffd", "a\u20ddb"],
    "start and end": [".ab", "ab-", "\u0301ab", "a.\u0301b"],
    "invisible": [
        *("a\x00b", "a\nb", "a\u200bb", "a\u00adb", "a\u202eb", "a\u2066b", "a\ufe0fb"),
        *("a\u3164b", "ab\U000e0041", "ab\ud800", "ab\ue000", "ab\u0378"),
    ],
    "too many accents": ["x\u0301\u0302\u0303b", "x\u0301\u0301b", "ก" + "\u0e47\u0e34" * 2],
    "everyday use": ["𓀀𓀁"],
    "mixes scripts": [
        *("\u0430lice", "b\u03bfb", "c\u0430r\u03bfl", "Ольгa", "Ken田さ김", "田中Ольга"),  # noqa: RUF001
    ],
    "reserved": [
        *("admin", "Sotto", "adm1n", "he1p", "heIp", "r00t", "5y5tem", "sys_tem", "ad.min"),
        *("adrnin", "ädmin", "аԁміп", "ѕотто", "everyone", "nu11", "You"),
        *("ＡＤＭＩＮ", "НЕІР", "ΤΕΑΜ", "ꓮꓓꓟꓲꓠ"),  # noqa: RUF001
    ],
}


@pytest.mark.parametrize(
    ("name", "reason"), [(name, reason) for reason, names in BAD_NAMES.items() for name in names]
)
def test_a_deceptive_or_malformed_name_is_refused(name, reason):
    assert reason in refusal(name)


@pytest.mark.parametrize("word", [*usernames.OFFICIALS.split(), *usernames.WORDS.split()])
def test_reserved_words_are_refused_in_any_case(word):
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
def test_spellings_of_one_name_share_its_lookup_key(one, other):
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
def test_an_accepted_name_keeps_its_lookup_key_in_any_case(text):
    if not refusal(text):
        name = usernames.normalise(text)
        assert usernames.fold(name.upper().lower()) == usernames.fold(text.upper())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "odd",
    [
        *(None, 7, b"alice", ["alice"], "", "\x00", "alice\x00"),
        *("\ud800", "a" * 10_000, "\u0301" * 100_000, "ab\ue000"),
    ],
)
def test_a_search_for_nonsense_finds_no_user(alice, odd):
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(odd)


def test_a_user_is_found_by_any_spelling(alice):
    assert User.objects.get_by_natural_key("ＡＬＩＣＥ") == alice  # noqa: RUF001


@pytest.mark.django_db(transaction=True)
async def test_a_user_is_found_asynchronously():
    made = await User.objects.acreate(username="Zoë")
    assert await User.objects.aget_by_natural_key("ZOË") == made
    with pytest.raises(User.DoesNotExist):
        await User.objects.aget_by_natural_key(None)


def test_the_lookup_key_follows_the_name(alice):
    alice.username = "Alicia"
    alice.save(update_fields=["username"])
    alice.refresh_from_db()
    assert (alice.username, alice.username_key) == ("Alicia", "alicia")


@pytest.mark.django_db
def test_a_name_is_stored_in_its_normal_form():
    assert User.objects.create_user("Zoe\u0308").username == "Zo\u00eb"
