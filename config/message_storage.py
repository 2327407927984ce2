"""Store Django's messages in a cookie."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage


class MessageCookie(CookieStorage):
    """Drop the oldest messages if there are too many for a cookie. Django's fallback is the
    session, which would add a row to the database for each anonymous visitor.
    """

    cookie_name = settings.MESSAGES_COOKIE_NAME
