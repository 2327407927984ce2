"""Format log lines as text or JSON, with the ID of the request or window that they are about."""

import json
import logging
import re
import secrets
from contextvars import ContextVar
from datetime import UTC, datetime

# A kind and a random ID, such as ("request", "5f0c2a91"), or empty strings.
log_context: ContextVar[tuple[str, str]] = ContextVar("log_context", default=("", ""))

# Invitations and reset links give access, so their tokens are removed from logged requests.
TOKENS = re.compile(r"(/accounts/(?:reset/[^/\s]+|invitation)/)[^/\s]+")


def without_tokens(line: str) -> str:
    return TOKENS.sub(r"\1...", line)


def with_log_context(application):
    """Wrap an ASGI application. Give all log lines about one request or WebSocket the same ID."""

    async def wrapped(scope, receive, send):
        kind = "window" if scope["type"] == "websocket" else "request"
        log_context.set((kind, secrets.token_hex(4)))
        return await application(scope, receive, send)

    return wrapped


class TextLines(logging.Formatter):
    """Format as `WARNING messaging.consumers.websocket: text [window 5f0c2a91]`, with any traceback
    below.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        kind, name = log_context.get()
        return without_tokens(super().formatMessage(record)) + (f" [{kind} {name}]" if name else "")


class JsonLines(logging.Formatter):
    """Format one JSON object per line. Its time is in the format of RFC 3339."""

    def format(self, record: logging.LogRecord) -> str:
        kind, name = log_context.get()
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_tokens(record.getMessage()),
        }
        if name:
            line[kind] = name
        if record.exc_info:
            line["stack"] = self.formatException(record.exc_info)
        return json.dumps(line)
