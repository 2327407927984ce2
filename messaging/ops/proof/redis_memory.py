"""Where the canary is looked for in Redis: in every key, as Redis itself would write it to a file,
and in its files.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

from django.conf import settings

from messaging.backends.redis import persistence
from messaging.backends.redis.persistence import Redis, RedisError
from messaging.ops.proof.canary import Canary
from messaging.ops.proof.report import UNSEEN, Result, number
from messaging.ops.proof.search import forms_in_file

PAGE = 500  # keys at a time


def results(canary: Canary) -> list[Result]:
    """None where the state of conversations lives in the memory of one process."""
    return [_keys(canary), _files(canary)] if settings.REDIS_URL else []


def _keys(canary: Canary) -> Result:
    """Names and values alike."""
    count, hits = 0, set()
    try:
        with closing(persistence.connect(settings.REDIS_URL)) as redis:
            for name, held in _everything(redis):
                count += 1
                if forms := canary.forms_in(name + b"\n" + held):
                    kind = name.decode(errors="replace").split(":")[:2]
                    hits.add(f"{', '.join(sorted(forms))} in a key {':'.join(kind)}")
    except RedisError as error:
        return Result(
            "Redis, key by key", f"it does not answer: {type(error).__name__}", otherwise=UNSEEN
        )
    return Result("Redis, key by key", number(count, "key"), sorted(hits))


def _everything(redis: Redis) -> Iterator[tuple[bytes, bytes]]:
    for name in redis.scan_iter(count=PAGE):
        yield name, b"\n".join(_parts(_value(redis, name)))


def _value(redis: Redis, name: bytes) -> Any:
    """DUMP would compress it, and hide a word that is in it."""
    reading: dict[bytes, list[Any]] = {
        b"string": ["GET", name],
        b"list": ["LRANGE", name, 0, -1],
        b"set": ["SMEMBERS", name],
        b"hash": ["HGETALL", name],
        b"zset": ["ZRANGE", name, 0, -1],
        b"stream": ["XRANGE", name, "-", "+"],
    }
    command = reading.get(cast(bytes, redis.type(name)))
    return redis.execute_command(*command) if command else b""  # else it has expired meanwhile


def _parts(value: Any) -> Iterator[bytes]:
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list | tuple | set):
        for each in value:
            yield from _parts(each)
    elif value is not None:
        yield value if isinstance(value, bytes) else str(value).encode()


def _files(canary: Canary) -> Result:
    where = "Redis, its files"
    folder = persistence.folder(settings.REDIS_URL)
    if folder is None:
        return Result(where, "it does not say where, or is on another machine", otherwise=UNSEEN)
    files = [file for file in _of(folder) if file.is_file()]
    try:
        hits = [
            f"{', '.join(sorted(forms))} in {file}"
            for file in files
            if (forms := forms_in_file(file, canary))
        ]
    except OSError:
        return Result(where, f"{folder} cannot be read from here", otherwise=UNSEEN)
    return Result(where, number(len(files), "file"), hits)


def _of(folder: Path) -> Iterator[Path]:
    """Snapshots and append-only files, under their usual names."""
    for pattern in ("*.rdb", "*.aof", "appendonlydir/*"):
        yield from folder.glob(pattern)
