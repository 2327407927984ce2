"""What was asked of a device, kept in the session of the browser that asked: answered once, and
within minutes.
"""

import time

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.auth import passkeys, throttling
from accounts.auth.passkeys import LIFETIME

KEY = "passkey_challenges"  # in the session: when each was given, by the challenge in hexadecimal
TOO_LATE = gettext_lazy("This request has expired or was already used. Please try again.")
MOST = 5  # pages of one browser that wait for a passkey; the oldest one of more has to ask again


def keep(request: HttpRequest, challenge: bytes) -> None:
    given = {**request.session.get(KEY, {}), challenge.hex(): int(time.time())}
    request.session[KEY] = dict(sorted(given.items(), key=lambda item: item[1])[-MOST:])


def take(request: HttpRequest, challenge: bytes) -> bool:
    """Whether this browser was given the challenge, no more than five minutes ago, and has not
    answered it yet.
    """
    given = request.session.get(KEY, {})
    at = given.get(challenge.hex())
    if at is None:
        return False
    request.session[KEY] = {key: value for key, value in given.items() if key != challenge.hex()}
    # Two requests at once read the session before either has written it: the counter lets the first
    # of them through.
    is_first = not throttling.wait([(throttling.PASSKEY_ANSWER, challenge.hex())])
    return is_first and time.time() - at <= LIFETIME


def answered(request: HttpRequest) -> tuple[str, bytes]:
    """Return what the device answered, and the challenge that this browser was given for it. Raises
    Refused.
    """
    answer = request.POST.get("answer", "")[: passkeys.LONGEST_ANSWER]
    challenge = passkeys.challenge_in(answer)
    if not take(request, challenge):
        raise passkeys.Refused(TOO_LATE)
    return answer, challenge
