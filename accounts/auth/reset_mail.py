"""Mails with a link to choose a new password."""

import logging
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext, override

from accounts.auth import recovery, throttling
from accounts.models import User

logger = logging.getLogger(__name__)
# Work in the request would take longer for known addresses, and so reveal them.
executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def is_configured() -> bool:
    return bool(settings.EMAIL_URL)


def send_links(address: str) -> None:
    """Send a link to each user with this address, at most three times an hour."""
    if throttling.wait([(throttling.MAIL_TO, address.casefold())]):
        return
    for user in User.objects.filter(email__iexact=address, is_active=True):
        # The database may treat different letters as equal.
        if user.email.casefold() == address.casefold():
            executor.submit(_send, user, get_language())


def _text(user: User) -> str:
    context = {
        "name": user.username,
        "link": recovery.reset_link(user),
        "site_name": settings.SITE_NAME,
    }
    return render_to_string("accounts/mail_reset.txt", context)


def _send(user: User, language: str) -> None:
    try:
        with override(language):
            subject = gettext("Reset your %(site_name)s password") % {
                "site_name": settings.SITE_NAME
            }
            send_mail(subject, _text(user), None, [user.email])
    except Exception as error:  # noqa: BLE001 - no error may end the thread
        logger.error("A mail could not be sent: %s", type(error).__name__)
