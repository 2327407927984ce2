"""Find the push subscriptions of a person. Each belongs to a session and ends with it."""

from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model

from messaging.people import blocks

MAX_BROWSERS = 10  # told at once, for each person

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore
MAX_FAILURES = SessionStore.MAX_PUSH_FAILURES
note_failures = SessionStore.note_push_failures
is_current = SessionStore.has_push_subscription


def load(sender_id: int, recipient_id: int) -> list[Any]:
    """Return the subscriptions of a recipient, or none if this sender may not notify them."""
    recipient = get_user_model().objects.filter(pk=recipient_id, is_active=True).first()
    if recipient is None or sender_id in blocks.load(recipient_id):
        return []
    return list(islice(_one_each(SessionStore.push_subscriptions(recipient)), MAX_BROWSERS))


def _one_each(subscriptions: Iterable[Any]) -> Iterator[Any]:
    """Yield one subscription for each endpoint, which two sessions of a browser may share."""
    seen: set[str] = set()
    for subscription in subscriptions:
        if subscription.endpoint not in seen:
            seen.add(subscription.endpoint)
            yield subscription
