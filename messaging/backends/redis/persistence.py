"""Whether Redis writes to a disk, and where: asked by the doctor, by the proof, and by a server
that begins.
"""

import logging
from contextlib import closing
from pathlib import Path
from typing import cast

try:
    from redis import Redis
    from redis.exceptions import RedisError

    from messaging.backends.redis.client import PATIENCE
except (
    ModuleNotFoundError
):  # one process with a memory of its own needs no Redis (requirements/base.in), and asks none
    Redis, RedisError = None, OSError  # type: ignore[assignment,misc]

logger = logging.getLogger(__name__)


def connect(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)


def look(url: str) -> str | None:
    """What keeps, as Redis names it; "" for nothing, None where it cannot be asked or does
    not say.
    """
    said = ask(url, "appendonly", "save")
    if said is None:
        return None
    kept = ["appendonly"] if said["appendonly"] != "no" else []
    return " and ".join(kept + ([f"save {said['save']}"] if said["save"] else []))


def warn(url: str) -> None:
    """Says it in the log, where there is something to say; `url` is "" where there is no Redis."""
    if url and (kept := look(url)):
        logger.warning(
            "Redis writes what it holds to a disk: %s. Start it with --save '' --appendonly no",
            kept,
        )


def folder(url: str) -> Path | None:
    """Where Redis would write, if it says so and is on this machine."""
    said = ask(url, "dir")
    place = Path(said["dir"]) if said else None
    return place if place and place.is_dir() else None


def ask(url: str, *names: str) -> dict[str, str] | None:
    """Some of its settings; None unless it tells all of them. Many who run a Redis for others
    forbid to ask.
    """
    try:
        with closing(connect(url)) as redis:
            found: dict[str, str] = {}
            for name in names:
                found |= cast(dict[str, str], redis.config_get(name))
    except (RedisError, OSError):
        return None
    return found if all(name in found for name in names) else None
