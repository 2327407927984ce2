"""Store the push subscription of a session in the session's data, with its endpoint encrypted."""

from base64 import b64decode, b64encode
from collections.abc import MutableMapping
from typing import Any, NamedTuple

from django.contrib.auth import SESSION_KEY

from accounts import encryption

PURPOSE = b"push endpoint"
ENDPOINT, FAILURES = "sealed_push", "push_failures"  # in a session
MAX_FAILURES = 3

Data = MutableMapping[str, Any]  # of a session


class PushSubscription(NamedTuple):
    session_key: str
    endpoint: str
    failures: int  # since the last success


def read(data: Data, session_key: str = "") -> PushSubscription:
    """Return the subscription of a session. Its endpoint is "" if there is none."""
    return PushSubscription(session_key, _endpoint(data), data.get(FAILURES, 0))


def replace(data: Data, endpoint: str) -> None:
    forget(data)
    sealed = encryption.encrypt(PURPOSE, endpoint.encode(), bound_to=_owner(data))
    data[ENDPOINT] = b64encode(sealed).decode()


def note_failures(data: Data, endpoint: str, count: int) -> None:
    """Store how often a push failed since the last success, and forget the endpoint after
    MAX_FAILURES. Do nothing if it was replaced meanwhile.
    """
    if _endpoint(data) == endpoint:
        data[FAILURES] = count
        if count >= MAX_FAILURES:
            forget(data)


def forget(data: Data) -> None:
    for name in (ENDPOINT, FAILURES):
        if name in data:
            del data[name]


def _endpoint(data: Data) -> str:
    if ENDPOINT not in data:
        return ""
    try:
        sealed = b64decode(data[ENDPOINT])
        return encryption.decrypt(PURPOSE, sealed, bound_to=_owner(data)).decode()
    except encryption.Unreadable:  # the key was lost
        return ""


def _owner(data: Data) -> bytes:
    return str(data[SESSION_KEY]).encode()
