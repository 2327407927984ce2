"""Two-step verification with codes from an authenticator app."""

from django.utils import timezone

from accounts.auth import recovery, totp
from accounts.encryption import Unreadable, decrypt, encrypt
from accounts.models import User
from accounts.models.credentials import SecondFactor

PURPOSE = b"second factor"


def is_on(user: User) -> bool:
    return SecondFactor.objects.filter(user=user).exists()


def use_code(user: User, code: str) -> bool:
    """Use up a code from the app, or a recovery code. Return whether it was valid."""
    return _use_code_of_app(user, code) or recovery.use_recovery_code(user, code)


def turn_on(user: User, secret: bytes, code: str) -> bool:
    """Turn on two-step verification if this first code is right. Return whether it was."""
    step = totp.matching_step(code, secret)
    if step is None:
        return False
    fields = {
        "sealed_secret": encrypt(PURPOSE, secret),
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
    # The database accepts only one of two simultaneous uses.
    return bool(SecondFactor.objects.filter(user=user, last_step__lt=step).update(last_step=step))


def _secret(kept: SecondFactor) -> bytes:
    """Return the secret, or a random one if SECRET_KEY has changed. Then no code is valid."""
    try:
        return decrypt(PURPOSE, bytes(kept.sealed_secret))
    except Unreadable:
        return totp.new_secret()
