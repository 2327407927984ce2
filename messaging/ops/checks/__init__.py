"""System checks that reject settings with which messages could be stored."""

from collections.abc import Iterator

from django.conf import settings
from django.core import checks

TAG = "nothing_kept"

Findings = Iterator[checks.CheckMessage]


def breach(number: int, message: str, hint: str) -> checks.CheckMessage:
    """Return an error, or a warning with DEBUG."""
    if settings.DEBUG:
        return checks.Warning(message, hint=hint, id=f"sotto.W{number:03}")
    return checks.Error(message, hint=hint, id=f"sotto.E{number:03}")
