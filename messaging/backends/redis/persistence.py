"""Find out whether Redis writes to a disk, and where."""

import logging
from contextlib import closing
from pathlib import Path
from typing import cast

try:
    from redis import Redis
    from redis.exceptions import RedisError

    from messaging.backends.redis.client import TIMEOUT
except ModuleNotFoundError:  # a single process needs no Redis (requirements/base.in)
    Redis, RedisError = None, OSError  # type: ignore[assignment,misc]

logger = logging.getLogger(__name__)


def connect(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)


def look(url: str) -> str | None:
    """Return the settings that make Redis write to a disk, "" for none, None if unknown."""
    found = ask(url, "appendonly", "save")
    if found is None:
        return None
    kept = ["appendonly"] if found["appendonly"] != "no" else []
    return " and ".join(kept + ([f"save {found['save']}"] if found["save"] else []))


def warn(url: str) -> None:
    """Log a warning if Redis writes to a disk. `url` is "" if Redis is not used."""
    if url and (kept := look(url)):
        logger.warning(
            "Redis saves its data to disk: %s. Start it with --save '' --appendonly no",
            kept,
        )


def folder(url: str) -> Path | None:
    """Return the data folder of Redis, or None if it is unknown or not on this machine."""
    found = ask(url, "dir")
    place = Path(found["dir"]) if found else None
    return place if place and place.is_dir() else None


def ask(url: str, *names: str) -> dict[str, str] | None:
    """Return these settings of Redis, or None if any is unknown. Many hosts do not reveal them."""
    try:
        with closing(connect(url)) as redis:
            found: dict[str, str] = {}
            for name in names:
                found |= cast(dict[str, str], redis.config_get(name))
    except (RedisError, OSError):
        return None
    return found if all(name in found for name in names) else None
