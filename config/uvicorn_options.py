"""Implement ASGI's lifespan protocol for uvicorn, and check uvicorn's options.

Daphne does not support lifespan, so `manage.py serve` calls the same functions itself.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

logger = logging.getLogger(__name__)

KEEP_ALIVE = 130  # seconds; proxies close idle connections sooner (Caddy: 120)


class UvicornConfig(Protocol):
    """The checked options of `uvicorn.Config`. Older versions have no `--reset-contextvars`."""

    ws_max_size: int
    ws_per_message_deflate: bool
    timeout_keep_alive: int
    proxy_headers: bool
    access_log: bool
    server_header: bool


def lifespan(
    begin: Callable[[], Awaitable[None]], end: Callable[[], Awaitable[None]], max_size: int
):
    """Return an ASGI application that awaits `begin` at startup and `end` at shutdown. Log a
    warning if uvicorn was started without the required options.
    """

    async def wrapped(scope, receive, send):
        config = _config(receive)
        if config and (
            missing := [name for name, is_set in _options(max_size).items() if not is_set(config)]
        ):
            logger.warning(
                "uvicorn was started without %s; see docs/operations.md", ", ".join(missing)
            )
        await receive()
        await begin()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await end()
        await send({"type": "lifespan.shutdown.complete"})

    return wrapped


def _options(max_size: int) -> dict[str, Callable[[UvicornConfig], bool]]:
    return {
        f"--ws-max-size {max_size}": lambda config: config.ws_max_size <= max_size,
        # A few bytes can decompress to a frame of the maximum size. uvicorn decompresses many such
        # frames before the application receives the first.
        "--ws-per-message-deflate false": lambda config: not config.ws_per_message_deflate,
        f"--timeout-keep-alive {KEEP_ALIVE}": lambda config: (
            config.timeout_keep_alive >= KEEP_ALIVE
        ),
        "--no-proxy-headers": lambda config: not config.proxy_headers,
        "--no-access-log": lambda config: not config.access_log,
        "--no-server-header": lambda config: not config.server_header,
        "--reset-contextvars": lambda config: getattr(config, "reset_contextvars", True),
    }


def _config(receive: Callable) -> UvicornConfig | None:
    """Return uvicorn's configuration, or None under another server. There is no public interface
    for it, but it is an attribute of the object to which the method `receive` belongs.
    """
    config = getattr(getattr(receive, "__self__", None), "config", None)
    return config if type(config).__module__ == "uvicorn.config" else None
