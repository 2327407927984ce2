"""The beginning and end of the server as uvicorn tells them, and the options that uvicorn needs.

Daphne has no lifespan (Lifespan 2.0): `manage.py serve` does the same by itself.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

logger = logging.getLogger(__name__)

KEEP_ALIVE = (
    130  # seconds: longer than a proxy keeps a connection that rests, which is 120 s for Caddy
)


def lifespan(
    begin: Callable[[], Awaitable[None]], end: Callable[[], Awaitable[None]], max_size: int
):
    """Return an ASGI application that awaits `begin` before the server serves, and `end` before it
    goes. A warning names the options that uvicorn was started without.
    """

    async def living(scope, receive, send):
        config = _config(receive)
        if config and (
            names := [name for name, is_there in _options(max_size).items() if not is_there(config)]
        ):
            logger.warning(
                "uvicorn was started without %s; see docs/operations.md", ", ".join(names)
            )
        await receive()
        await begin()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await end()
        await send({"type": "lifespan.shutdown.complete"})

    return living


def _options(max_size: int) -> dict[str, Callable[[Any], bool]]:
    return {
        f"--ws-max-size {max_size}": lambda config: config.ws_max_size <= max_size,
        # A few bytes may become a frame of any size up to the one above, and uvicorn reads many
        # before we see one.
        "--ws-per-message-deflate false": lambda config: not config.ws_per_message_deflate,
        f"--timeout-keep-alive {KEEP_ALIVE}": lambda config: (
            config.timeout_keep_alive >= KEEP_ALIVE
        ),
        "--no-proxy-headers": lambda config: not config.proxy_headers,
        "--no-access-log": lambda config: not config.access_log,
        "--no-server-header": lambda config: not config.server_header,
        "--reset-contextvars": lambda config: getattr(
            config, "reset_contextvars", True
        ),  # not in every version
    }


def _config(receive: Callable) -> Any:
    """Return uvicorn's configuration, or None under another server. No interface has it, but
    `receive` is a method of an object that does.
    """
    config = getattr(getattr(receive, "__self__", None), "config", None)
    return config if type(config).__module__ == "uvicorn.config" else None
