"""Ask push services to wake up browsers (RFC 8030). The requests are empty."""

import logging
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.client import HTTPException, HTTPSConnection
from typing import Any

from django.db import connections

from messaging.push import endpoints, subscriptions, vapid
from messaging.push.connecting import PORT, connect
from messaging.push.queue import queue

TIMEOUT = 5  # seconds for a whole request
TTL = 300  # seconds for which the service keeps a push for a browser that it cannot reach
# Push services replace a push that waits by the next one of the same topic.
HEADERS = {"TTL": str(TTL), "Topic": "waiting", "Urgency": "high"}
RETRY_SECONDS = 5  # if the service does not say when
GONE = {404, 410}
# The service does not accept us for this subscription. After MAX_PUSH_FAILURES it is forgotten.
REFUSED = {400, 401, 403}

logger = logging.getLogger(__name__)


def notify(sender_id: int, recipient_id: int) -> None:
    """Queue one push to each browser that is to be told that this sender waits."""
    with _database():
        found = subscriptions.load(sender_id, recipient_id)
    for subscription in found:
        queue.put(send, subscription)


def send(subscription: Any, *, is_retry: bool = False) -> None:
    """Send one push, unless its session ended while it was queued."""
    with _database():
        is_current = subscriptions.is_current(subscription)
    if is_current:
        _send(subscription, is_retry)


def _send(subscription: Any, is_retry: bool) -> None:
    """Send one push, and remember what the service says about the subscription."""
    target = endpoints.split(subscription.endpoint)
    if target is None:  # PUSH_SERVICES may have changed since it was stored
        return queue.count("refused")
    try:
        status, retry_after = _post(*target)
    except (OSError, HTTPException) as error:
        logger.warning("The push service %s failed: %s", target[0], type(error).__name__)
        return queue.count("failed")
    if (status == 429 or status >= 500) and not is_retry and retry_after < TTL:
        return queue.put_later(retry_after, partial(send, is_retry=True), subscription)
    _judge(subscription, target[0], status)


def _judge(subscription: Any, host: str, status: int) -> None:
    if 200 <= status < 300:
        queue.count("sent")
        if subscription.failures:
            _note(subscription, 0)
        return
    logger.warning("The push service %s answered %d", host, status)
    if status in GONE:
        queue.count("gone")
        _note(subscription, subscriptions.MAX_FAILURES)
    elif status in REFUSED:
        queue.count("refused")
        _note(subscription, subscription.failures + 1)
    else:
        queue.count("failed")


def _note(subscription: Any, failures: int) -> None:
    with _database():
        subscriptions.note_failures(subscription, failures)


@contextmanager
def _database() -> Iterator[None]:
    """Close the connections afterwards, because this thread may not need one for hours."""
    try:
        yield
    finally:
        connections.close_all()


def _post(host: str, path: str) -> tuple[int, int]:
    """Return the status, and the seconds after which to try again. Redirects are not followed,
    and the body is not read: a service that sends it slowly would hold the thread.
    """
    until = time.monotonic() + TIMEOUT
    with closing(HTTPSConnection(host, PORT)) as connection:
        connection.sock = connect(host, until)
        connection.request("POST", path, headers=HEADERS | vapid.authorization(host))
        with connection.getresponse() as answer:
            seconds = answer.getheader("Retry-After", "")
    is_number = seconds.isascii() and seconds.isdigit() and len(seconds) < 6
    return answer.status, int(seconds) if is_number else RETRY_SECONDS
