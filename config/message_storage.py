"""Words for the next page, which wait in the browser alone."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage


class Notices(CookieStorage):
    """In a cookie that no other host can plant. Of too many that wait the oldest go: Django's usual
    next place is the session, and each visitor who keeps the cookie would have a row in the
    database.
    """

    cookie_name = settings.MESSAGES_COOKIE_NAME
