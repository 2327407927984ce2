"""Sessions that store which user they belong to."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import push_subscription
from accounts.models.push_subscription import PushSubscription

if TYPE_CHECKING:
    from accounts.models.user import User

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

    @classmethod
    def valid(cls, user: "User") -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the key and data of each session that has not ended by expiry or a new password."""
        auth_hash = user.get_session_auth_hash()
        rows = cls.objects.filter(user=user, expire_date__gt=timezone.now())
        for row in rows.order_by("-expire_date"):
            if (data := row.get_decoded()).get(HASH_SESSION_KEY) == auth_hash:
                yield row.session_key, data

    @classmethod
    def change(cls, key: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change the data of a session without extending it. Ignore one that has ended."""
        with transaction.atomic():
            for row in cls.objects.select_for_update().filter(pk=key):
                change(data := row.get_decoded())
                cls.objects.filter(pk=key).update(session_data=SessionStore().encode(data))


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

    # Push notifications

    MAX_PUSH_FAILURES = push_subscription.MAX_FAILURES

    @property
    def push_endpoint(self) -> str:
        """Return the URL at which this session's browser can be notified, or ""."""
        return push_subscription.read(self).endpoint

    @push_endpoint.setter
    def push_endpoint(self, url: str) -> None:
        if url:
            push_subscription.replace(self, url)
        else:
            push_subscription.forget(self)

    @classmethod
    def push_subscriptions(cls, user: "User") -> list[PushSubscription]:
        """Return the subscriptions of a user's valid sessions, last renewed first."""
        found = (push_subscription.read(data, key) for key, data in Session.valid(user))
        return [each for each in found if each.endpoint]

    @classmethod
    def has_push_subscription(cls, subscription: PushSubscription) -> bool:
        """Return whether the session is still valid and has this endpoint."""
        rows = Session.objects.filter(pk=subscription.session_key, user__is_active=True)
        return any(
            (each.session_key, each.endpoint) == (subscription.session_key, subscription.endpoint)
            for row in rows.select_related("user")
            for each in cls.push_subscriptions(cast("User", row.user))
        )

    @classmethod
    def note_push_failures(cls, subscription: PushSubscription, count: int) -> None:
        key, url, _ = subscription
        Session.change(key, lambda data: push_subscription.note_failures(data, url, count))


def delete_expired_anonymous() -> None:
    """Delete expired sessions without a user, a limited number at once, so that they cannot pile
    up.
    """
    ended = Session.objects.filter(user=None, expire_date__lte=timezone.now())
    Session.objects.filter(pk__in=ended.values("pk")[:DELETED_AT_ONCE]).delete()
