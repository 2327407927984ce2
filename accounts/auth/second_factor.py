"""The second factor of a password: a code from an app. What the log-in page asks, and nothing about
pages.
"""

from django.utils import timezone

from accounts.auth import recovery, totp
from accounts.encryption import Unreadable, seal, unseal
from accounts.models import User
from accounts.models.credentials import SecondFactor

PURPOSE = b"second factor"


def is_on(user: User) -> bool:
    return SecondFactor.objects.filter(user=user).exists()


def use_code(user: User, code: str) -> bool:
    """Whether a code lets this person in; each does so once. A recovery code stands in for a lost
    app.
    """
    return _use_code_of_app(user, code) or recovery.use_recovery_code(user, code)


def turn_on(user: User, secret: bytes, code: str) -> bool:
    """Asks for codes of this secret from now on, if the first one fits; that one is spent
    with it.
    """
    step = totp.matching_step(code, secret)
    if step is None:
        return False
    fields = {
        "sealed_secret": seal(PURPOSE, secret),
        "last_step": step,
        "created_on": timezone.localdate(),
    }
    SecondFactor.objects.update_or_create(user=user, defaults=fields)
    return True


def turn_off(user: User) -> None:
    SecondFactor.objects.filter(user=user).delete()


def _use_code_of_app(user: User, code: str) -> bool:
    kept = SecondFactor.objects.filter(user=user).first()
    step = totp.matching_step(code, _secret(kept)) if kept else None
    if step is None:
        return False
    # The database decides which of two who show one code at once is the first.
    return bool(SecondFactor.objects.filter(user=user, last_step__lt=step).update(last_step=step))


def _secret(kept: SecondFactor) -> bytes:
    """The secret; where SECRET_KEY is no longer the one it was sealed with, one that nobody has."""
    try:
        return unseal(PURPOSE, bytes(kept.sealed_secret))
    except Unreadable:
        return totp.new_secret()
