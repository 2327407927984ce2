"""The key for push services, and what it signs."""

import json
import time

from django.core.management import call_command
from py_vapid import Vapid, jwt
from py_vapid.utils import b64urldecode

from messaging.push import vapid
from tests.support.settings_reader import attempt

HOST = "push.example.org"


def test_the_command_prints_a_key_that_the_settings_accept(reader, capsys):
    call_command("push_key")
    name, _, key = capsys.readouterr().out.strip().partition("=")
    read, refusal = attempt(
        reader.settings, **{name: key}, SITE_URL="https://chat.example.org", DEBUG="on"
    )
    assert (name, refusal) == ("PUSH_KEY", "")
    assert read["PUSH_KEY"] == key
    assert vapid.new_key() != key


def test_a_token_is_signed_for_one_service_and_half_a_day(settings):
    settings.PUSH_KEY, settings.PUSH_CONTACT = vapid.new_key(), "https://chat.example.org:8443"
    header = vapid.authorization(HOST)
    words = header["Authorization"]
    assert header.keys() == {"Authorization"}
    assert Vapid.verify(words)
    token, key = (part.partition("=")[2] for part in words.removeprefix("vapid ").split(","))
    assert key == vapid.public_key()
    claims = jwt.decode(token, key)
    expires = claims.pop("exp") - time.time()
    assert 0 < expires <= 12 * 3600
    assert claims == {"aud": f"https://{HOST}", "sub": "https://chat.example.org:8443"}
    assert json.loads(b64urldecode(token.partition(".")[0].encode())) == {
        "typ": "JWT",
        "alg": "ES256",
    }
