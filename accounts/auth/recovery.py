"""Recovery codes and password reset links, which may be sent by e-mail."""

import base64
import hashlib
import logging
import secrets
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import get_language, gettext, override

from accounts import sessions, spelling
from accounts.auth import throttling
from accounts.models import RecoveryCode, User

CODE_COUNT = 10
CODE_BYTES = 15  # 120 bits; a fast hash needs 112 (ASVS 5.0, 6.5.2)

logger = logging.getLogger(__name__)
# Send mails in a thread. If the request waited for them, it would take longer for known addresses,
# and so reveal them.
executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def make_codes(user: User) -> list[str]:
    """Replace the user's codes. Return the new ones, of which only hashes are stored."""
    codes = [
        _grouped(base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower())
        for _ in range(CODE_COUNT)
    ]
    with transaction.atomic():
        user.recovery_codes.all().delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(user=user, digest=_digest(user, code)) for code in codes
        )
    return codes


def use_recovery_code(user: User, code: str) -> bool:
    """Delete a code if it is one of this user's unused codes. Return whether it was one."""
    return bool(user.recovery_codes.filter(digest=_digest(user, code)).delete()[0])


def reset_link(user: User) -> str:
    """Return a single-use password reset link, valid for an hour."""
    number, token = (
        urlsafe_base64_encode(str(user.pk).encode()),
        default_token_generator.make_token(user),
    )
    return settings.SITE_URL + reverse("accounts:reset", args=[number, token])


def user_of_link(number: str, token: str) -> User | None:
    """Return the user of a valid link, with their row locked, or None."""
    try:
        key = int(urlsafe_base64_decode(number).decode("ascii"))
    except ValueError:
        return None
    # A simultaneous second use waits for the lock, and then finds the link used.
    user = User.objects.select_for_update().filter(pk=key, is_active=True).first()
    return user if user and default_token_generator.check_token(user, token) else None


def has_mail() -> bool:
    return bool(settings.EMAIL_URL)


def send_links(address: str) -> None:
    """Send a reset link to each user with this address, at most three times an hour."""
    if throttling.wait([(throttling.MAIL_TO, address.casefold())]):
        return
    for user in User.objects.filter(email__iexact=address, is_active=True):
        # The database may treat different letters as equal.
        if user.email.casefold() == address.casefold():
            executor.submit(_send_link, user, get_language())


def set_password(user: User, password: str) -> None:
    """Set a new password and end all sessions."""
    user.set_password(password)
    user.save(update_fields=["password"])
    sessions.end_all(user)


def _mail_text(user: User) -> str:
    context = {
        "name": user.username,
        "link": reset_link(user),
        "site_name": settings.SITE_NAME,
    }
    return render_to_string("accounts/mail_reset.txt", context)


def _send_link(user: User, language: str) -> None:
    try:
        with override(language):
            subject = gettext("Reset your %(site_name)s password") % {
                "site_name": settings.SITE_NAME
            }
            send_mail(subject, _mail_text(user), None, [user.email])
    except Exception as error:  # noqa: BLE001 - no error may end the thread
        logger.error("A mail could not be sent: %s", type(error).__name__)


def _grouped(letters: str) -> str:
    return "-".join(letters[place : place + 4] for place in range(0, len(letters), 4))


def _digest(user: User, code: str) -> str:
    """Return the hash of a code in any spelling. Read 0 and 1 as o and l: codes contain neither."""
    letters = spelling.normalise_code(code).lower().translate(str.maketrans("01", "ol"))
    return hashlib.sha256(f"{user.pk} {letters}".encode(errors="replace")).hexdigest()
