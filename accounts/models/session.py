"""Sessions that store which user they belong to."""

from typing import Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext

HOUR = 3600  # seconds
DELETED_AT_ONCE = 100


class Session(AbstractBaseSession):
    """A session. Deleting it logs out the user and closes its windows, in all processes."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, editable=False, related_name="sessions"
    )

    def __str__(self) -> str:
        return gettext("a session")  # not the key, which the admin would show

    @classmethod
    def get_session_store_class(cls) -> "type[SessionStore]":
        return SessionStore


class SessionStore(DatabaseStore):
    """Also save the user. Sessions without one expire after an hour."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def get_session_cookie_age(self) -> int:
        return super().get_session_cookie_age() if SESSION_KEY in self else HOUR

    def create(self) -> None:
        if SESSION_KEY not in self:
            delete_expired_anonymous()
        super().create()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, super().create_model_instance(data))
        row.user_id = data.get(SESSION_KEY)
        return row

    async def acreate_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, await super().acreate_model_instance(data))
        row.user_id = data.get(SESSION_KEY)
        return row


def delete_expired_anonymous() -> None:
    """Delete expired sessions without a user, a limited number at once, so that they cannot pile
    up.
    """
    ended = Session.objects.filter(user=None, expire_date__lte=timezone.now())
    Session.objects.filter(pk__in=ended.values("pk")[:DELETED_AT_ONCE]).delete()
