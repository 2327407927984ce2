"""Verification of passkeys (WebAuthn, level 3, sections 7.1 and 7.2)."""

import json

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from webauthn.helpers import base64url_to_bytes

from accounts.auth import passkeys
from accounts.auth.passkeys import PasskeyRefused
from accounts.auth.webauthn_challenges import challenge_in, options_to_add, options_to_log_in
from accounts.models import Passkey, PasskeyHandle
from tests.accounts.authenticator import USER_PRESENT, USER_VERIFIED, Device

pytestmark = pytest.mark.django_db

LIES = {
    "another origin": {"origin": "http://localhost:8001"},
    "another scheme": {"origin": "https://localhost:8000"},
    "a subdomain": {"origin": "http://evil.localhost:8000"},
    "another party": {"rp_id": "evil.example"},
    "nobody touched it": {"flags": USER_VERIFIED},
    "nobody was verified": {"flags": USER_PRESENT},
    "another ceremony": {"type": "payment.get"},
}


def added(user, device=None, name="My telephone"):
    """Return a new passkey of this user, and its authenticator."""
    device = device or Device()
    options, challenge = options_to_add(user)
    passkeys.add(user, device.makes(options), challenge, name)
    return device


def logged_in(device):
    options, challenge = options_to_log_in()
    return passkeys.authenticate(device.signs(options), challenge)


def test_a_passkey_identifies_its_owner(alice, bob):
    hers, his = added(alice), added(bob)
    assert (logged_in(hers), logged_in(his)) == (alice, bob)
    assert logged_in(hers) == alice


def test_the_stored_fields_are_the_expected_ones(alice):
    device = added(alice)
    passkey = Passkey.objects.get()
    assert bytes(passkey.credential_id) == device.id
    assert (passkey.name, passkey.sign_count) == ("My telephone", 0)
    assert (passkey.created_on, passkey.last_used_on) == (timezone.localdate(), None)
    logged_in(device)
    passkey.refresh_from_db()
    assert (passkey.sign_count, passkey.last_used_on) == (1, timezone.localdate())
    columns = "id user credential_id public_key sign_count name created_on last_used_on"
    assert {column.name for column in Passkey._meta.concrete_fields} == set(columns.split())


def test_the_authenticator_must_store_a_discoverable_key_and_verify_the_user(alice, settings):
    settings.SITE_URL, settings.SITE_NAME = "https://chat.example.org:8443", "Whisper"
    asked = json.loads(options_to_add(alice)[0])
    assert asked["rp"] == {"name": "Whisper", "id": "chat.example.org"}
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["attestation"] == "none"
    assert json.loads(options_to_log_in()[0])["userVerification"] == "required"


def test_the_challenge_at_log_in_names_no_user(alice):
    added(alice)
    asked = json.loads(options_to_log_in()[0])
    assert asked["allowCredentials"] == []
    assert asked.keys() == {"challenge", "timeout", "rpId", "allowCredentials", "userVerification"}


def test_the_user_handle_is_random_and_constant(alice, bob):
    def handle(user):
        return json.loads(options_to_add(user)[0])["user"]["id"]

    assert handle(alice) == handle(alice) != handle(bob)
    assert len(handle(alice)) == 43  # 32 bytes


def test_no_challenge_occurs_twice(alice):
    challenges = {options_to_add(alice)[1] for _ in range(5)}
    challenges |= {options_to_log_in()[1] for _ in range(5)}
    assert len(challenges) == 10
    assert min(map(len, challenges)) >= 16


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_dishonest_authenticator_is_not_added(alice, lie):
    with pytest.raises(PasskeyRefused, match="couldn’t be added"):
        added(alice, Device(**lie))
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_dishonest_authenticator_does_not_log_in(alice, lie):
    device = added(alice)
    with pytest.raises(PasskeyRefused, match="isn’t accepted"):
        logged_in(device.but(**lie))
    assert Passkey.objects.get().last_used_on is None
    assert logged_in(device) == alice


def test_another_key_under_a_known_id_does_not_log_in(alice):
    device = added(alice)
    with pytest.raises(PasskeyRefused):
        logged_in(device.but(key=Device().key))


def test_an_id_with_the_handle_of_another_user_does_not_log_in(alice, bob):
    hers, his = added(alice), added(bob)
    with pytest.raises(PasskeyRefused):
        logged_in(hers.but(handle=his.handle))
    with pytest.raises(PasskeyRefused):
        logged_in(hers.but(handle=b""))


def test_a_response_to_another_challenge_is_refused(alice):
    device = Device()
    options, _ = options_to_add(alice)
    with pytest.raises(PasskeyRefused):
        passkeys.add(alice, device.makes(options), options_to_add(alice)[1], "")
    added(alice, device)
    with pytest.raises(PasskeyRefused):
        passkeys.authenticate(device.signs(options_to_log_in()[0]), options_to_log_in()[1])


def test_a_counter_that_does_not_grow_means_a_copy(alice):
    device = added(alice, Device(count=7))
    logged_in(device)
    for step in (0, -1, -8):
        with pytest.raises(PasskeyRefused):
            logged_in(device.but(step=step))
    assert Passkey.objects.get().sign_count == 8
    assert logged_in(device.but(step=100)) == alice


def test_an_authenticator_without_a_counter_is_accepted(alice):
    device = added(alice, Device(step=0))
    assert [logged_in(device), logged_in(device)] == [alice, alice]
    logged_in(device.but(step=5))
    with pytest.raises(PasskeyRefused):
        logged_in(device)


def test_the_second_of_two_responses_with_one_count_is_refused(alice, monkeypatch):
    device = added(alice)
    twin = device.but()
    verify = passkeys.webauthn.verify_authentication_response

    def meanwhile(**named):
        monkeypatch.undo()
        logged_in(twin)
        return verify(**named)

    monkeypatch.setattr(passkeys.webauthn, "verify_authentication_response", meanwhile)
    with pytest.raises(PasskeyRefused):
        logged_in(device)


def test_an_unknown_passkey_does_not_log_in(alice):
    with pytest.raises(PasskeyRefused):
        logged_in(Device(handle=b"x"))


def test_an_inactive_user_is_refused(alice):
    device = added(alice)
    alice.is_active = False
    alice.save()
    with pytest.raises(PasskeyRefused, match="isn’t accepted"):
        logged_in(device)


def test_an_authenticator_is_added_once(alice, bob):
    device = added(alice)
    asked = json.loads(options_to_add(alice)[0])
    known = [base64url_to_bytes(passkey["id"]) for passkey in asked["excludeCredentials"]]
    assert known == [device.id]
    for somebody in (alice, bob):
        with pytest.raises(PasskeyRefused):
            added(somebody, device)
    assert Passkey.objects.get().user == alice


def test_the_number_of_passkeys_is_limited(alice, monkeypatch):
    monkeypatch.setattr(passkeys, "MAX_PASSKEYS", 2)
    added(alice)
    added(alice)
    with pytest.raises(PasskeyRefused, match="which is the limit"):
        added(alice)


def test_the_relying_party_is_the_host_of_the_site(alice, settings):
    settings.SITE_URL = "https://chat.example.org:8443"
    device = added(alice)
    assert (device.origin, device.rp_id) == ("https://chat.example.org:8443", "chat.example.org")
    assert logged_in(device) == alice
    with pytest.raises(PasskeyRefused):
        logged_in(device.but(origin="https://chat.example.org"))


def test_deleting_a_user_deletes_the_passkeys(alice):
    added(alice)
    alice.delete()
    assert not Passkey.objects.exists()
    assert not PasskeyHandle.objects.exists()


def mutilated():
    """Return a response in which one part is replaced by an unexpected value."""
    text, texts = st.text(max_size=40), st.lists(st.text(max_size=3), max_size=3)
    nonsense: st.SearchStrategy[object] = st.one_of(
        st.none(), st.integers(), text, texts, st.just({})
    )
    places = ["id", "rawId", "type", "response", "authenticatorAttachment"]
    return st.tuples(st.sampled_from(places), nonsense)


@examples(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(
    part=mutilated(),
    inner=st.sampled_from(["clientDataJSON", "authenticatorData", "signature", "userHandle"]),
)
def test_no_response_breaks_the_verification(alice, part, inner):
    device = Device()
    options, challenge = options_to_add(alice)
    making = json.loads(device.makes(options))
    signing = json.loads(device.signs(options_to_log_in()[0]))
    for answer in (making, signing):
        place, nonsense = part
        for broken in (
            {**answer, place: nonsense},
            {**answer, "response": {**answer["response"], inner: nonsense}},
        ):
            assert isinstance(challenge_in(json.dumps(broken)), bytes)
            with pytest.raises(PasskeyRefused):
                passkeys.authenticate(json.dumps(broken), challenge)
            if place != "authenticatorAttachment" and broken["response"] == answer["response"]:
                with pytest.raises(PasskeyRefused):
                    passkeys.add(alice, json.dumps(broken), b"another", "")


@pytest.mark.parametrize(
    "answer", ["", "null", "[]", "{}", "[" * 8_000, "9" * 5_000, '{"response": 1}', "\ud800", "{"]
)
def test_invalid_responses_are_refused_with_an_explanation(alice, answer):
    assert challenge_in(answer) == b""
    with pytest.raises(PasskeyRefused):
        passkeys.authenticate(answer, b"")
    with pytest.raises(PasskeyRefused):
        passkeys.add(alice, answer, b"", "")
