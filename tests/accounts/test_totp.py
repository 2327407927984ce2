"""Codes of an authenticator app (RFC 6238), each of which works once."""

import base64
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.utils import timezone

from accounts.auth import recovery, second_factor, totp
from accounts.models.credentials import SecondFactor

SECRET = b"12345678901234567890"
# RFC 6238, appendix B, for SHA-1; six digits are the last six of eight.
VECTORS = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}


@pytest.fixture
def at(monkeypatch):
    """Return a function that sets the clock, in seconds since 1970."""

    def set_to(seconds):
        monkeypatch.setattr("time.time", lambda: seconds)

    return set_to


@pytest.fixture
def dora(alice, at):
    """Return Alice, who turned codes on ten minutes ago."""
    at(1_000_000_000 - 600)
    assert second_factor.turn_on(alice, SECRET, totp.code(SECRET, totp.current_step()))
    at(1_000_000_000)
    return alice


def shown(steps_from_now=0):
    return totp.code(SECRET, totp.current_step() + steps_from_now)


@pytest.mark.parametrize(("seconds", "expected"), VECTORS.items())
def test_the_codes_are_those_of_the_standard(at, seconds, expected):
    at(seconds)
    assert totp.code(SECRET, totp.current_step()) == expected[-6:]
    assert totp.matching_step(expected[-6:], SECRET) == seconds // 30


def test_the_previous_and_the_next_code_are_accepted(at):
    at(1_000_000_000)
    steps = [totp.matching_step(shown(drift), SECRET) for drift in range(-3, 4)]
    now = totp.current_step()
    assert steps == [None, None, now - 1, now, now + 1, None, None]


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "٣٤٥٦٧٨", "-12345", "123\x00456"]
)
def test_an_invalid_code_belongs_to_no_time_step(typed):
    assert totp.matching_step(typed, SECRET) is None


def test_spaces_in_a_code_are_ignored(at):
    at(59)
    assert totp.matching_step(" 287 082 ", SECRET) == 1


def test_an_app_reads_the_secret_and_the_user_name():
    address = urlsplit(totp.provisioning_uri(SECRET, "Zoë", "Sotto & Co"))
    query = parse_qs(address.query)
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/Sotto & Co:Zoë"
    assert base64.b32decode(query["secret"][0]) == SECRET
    assert (query["issuer"], query["digits"], query["period"]) == (["Sotto & Co"], ["6"], ["30"])
    assert totp.as_base32(SECRET).replace(" ", "") == query["secret"][0]


@pytest.mark.parametrize(
    ("site", "shown"),
    [
        ("Our: chat", "Our chat"),
        ("a+b & c=d?#%41/", "a+b & c=d?#%41/"),
        ("Plauderstübchen 😀", "Plauderstübchen 😀"),
    ],
)
def test_every_app_shows_the_same_name_of_the_site(site, shown):
    address = totp.provisioning_uri(SECRET, "al:ice", site)
    label, _, query = address.removeprefix("otpauth://totp/").partition("?")
    assert [unquote(part) for part in label.split(":")] == [shown, "al ice"]
    assert "%3A" not in label
    assert "+" not in query
    assert parse_qs(query)["issuer"] == [shown]


def test_no_secret_occurs_twice():
    assert len({totp.new_secret() for _ in range(20)}) == 20
    assert len(totp.new_secret()) == 20


@pytest.mark.django_db
class TestOfAPerson:
    def test_a_code_is_accepted_once(self, dora):
        code = shown()
        assert [second_factor.use_code(dora, code) for _ in range(2)] == [True, False]

    def test_codes_before_an_accepted_one_are_refused(self, dora, at):
        assert second_factor.use_code(dora, shown(+1))
        assert not second_factor.use_code(dora, shown())
        assert not second_factor.use_code(dora, shown(-1))
        at(1_000_000_060)
        assert second_factor.use_code(dora, shown())

    def test_turning_codes_on_uses_up_the_first_code(self, alice):
        code = shown()
        assert second_factor.turn_on(alice, SECRET, code)
        assert not second_factor.use_code(alice, code)
        assert second_factor.use_code(alice, shown(+1))

    def test_a_wrong_first_code_turns_nothing_on(self, alice):
        assert not second_factor.turn_on(alice, SECRET, shown(-5))
        assert not second_factor.is_on(alice)

    def test_the_code_of_another_user_is_not_accepted(self, dora, bob):
        secret = b"another person's key"
        second_factor.turn_on(bob, secret, totp.code(secret, totp.current_step()))
        assert not second_factor.use_code(bob, shown())
        assert second_factor.use_code(dora, shown())

    def test_a_user_without_a_second_factor_has_no_code(self, bob):
        assert not second_factor.use_code(bob, shown())
        assert not second_factor.is_on(bob)

    def test_one_of_two_simultaneous_uses_of_a_code_succeeds(self, dora, monkeypatch):
        code, decrypt = shown(), second_factor.decrypt

        def meanwhile(*args):
            monkeypatch.setattr(second_factor, "decrypt", decrypt)
            assert second_factor.use_code(dora, code)
            return decrypt(*args)

        monkeypatch.setattr(second_factor, "decrypt", meanwhile)
        assert not second_factor.use_code(dora, code)

    def test_a_recovery_code_works_once_and_for_its_owner_only(self, dora, bob):
        code, *others = recovery.make_codes(dora)
        assert not second_factor.use_code(bob, code)
        assert second_factor.use_code(dora, code.upper().replace("-", " "))
        assert not second_factor.use_code(dora, code)
        assert dora.recovery_codes.count() == len(others)

    def test_the_secret_is_encrypted_in_the_database(self, dora):
        kept = SecondFactor.objects.get()
        for plain in (SECRET, base64.b32encode(SECRET), SECRET.hex().encode()):
            assert plain not in bytes(kept.sealed_secret)
        assert kept.created_on == timezone.localdate()

    def test_no_code_is_accepted_after_secret_key_has_changed(self, dora, settings):
        before, settings.SECRET_KEY = settings.SECRET_KEY, "another"
        assert not second_factor.use_code(dora, shown())
        settings.SECRET_KEY_FALLBACKS = [before]
        assert second_factor.use_code(dora, shown())

    def test_turning_codes_off_deletes_the_secret(self, dora):
        second_factor.turn_off(dora)
        assert not second_factor.is_on(dora)
        assert not SecondFactor.objects.exists()
