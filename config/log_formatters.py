"""What a line of the log looks like, for people and for machines, and which request or window it is
about.
"""

import json
import logging
import re
import secrets
from contextvars import ContextVar
from datetime import UTC, datetime

# A name that was made up for it and says nothing about whose it is: ("request", "5f0c2a91").
# Elsewhere it is empty.
about: ContextVar[tuple[str, str]] = ContextVar("about", default=("", ""))

# A link that lets somebody in is a key: a request of it that fails is logged without it.
KEYS = re.compile(r"(/accounts/(?:reset/[^/\s]+|invitation)/)[^/\s]+")


def without_keys(line: str) -> str:
    return KEYS.sub(r"\1...", line)


def told_apart(application):
    """Wraps an ASGI application: all lines about one request, or one socket, bear the same name."""

    async def named(scope, receive, send):
        about.set(("window" if scope["type"] == "websocket" else "request", secrets.token_hex(4)))
        return await application(scope, receive, send)

    return named


class TextLines(logging.Formatter):
    """`WARNING messaging.consumers.websocket: words [window 5f0c2a91]`, and below it the stack,
    without the values in it.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - as logging calls it
        kind, name = about.get()
        return without_keys(super().formatMessage(record)) + (f" [{kind} {name}]" if name else "")


class JsonLines(logging.Formatter):
    """One object a line: time (RFC 3339), level, logger, message, the request or window, the stack
    if there is one.
    """

    def format(self, record: logging.LogRecord) -> str:
        kind, name = about.get()
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_keys(record.getMessage()),
        }
        if name:
            line[kind] = name
        if record.exc_info:
            line["stack"] = self.formatException(record.exc_info)
        return json.dumps(line)
