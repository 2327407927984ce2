"""Words for the next page, which wait in the browser; some are links that nobody else may read."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class Cookie(CookieStorage):
    cookie_name = f"{settings.COOKIE_PREFIX}messages"


class Notices(FallbackStorage):
    """Django's usual order, with a cookie that no other host can plant."""

    storage_classes = (Cookie, SessionStorage)
