"""Search Redis: all keys, and the files on disk."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from django.conf import settings

from messaging.backends.redis import persistence
from messaging.backends.redis.persistence import Redis, RedisError
from messaging.ops.proof.canary import Canary
from messaging.ops.proof.report import NOT_CHECKED, Result, number
from messaging.ops.proof.search import forms_in_file

PAGE = 500  # keys per batch


def results(canary: Canary) -> list[Result]:
    """Return the results, or [] without Redis."""
    return [_keys(canary), _files(canary)] if settings.REDIS_URL else []


def _keys(canary: Canary) -> Result:
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
            "Redis, key by key", f"no answer: {type(error).__name__}", otherwise=NOT_CHECKED
        )
    return Result("Redis, key by key", number(count, "key"), sorted(hits))


def _everything(redis: Redis) -> Iterator[tuple[bytes, bytes]]:
    for name in redis.scan_iter(count=PAGE):
        yield name, b"\n".join(_parts(_value(redis, name)))


def _value(redis: Redis, name: bytes) -> object:
    """Read a value with the command for its type, because DUMP would compress it."""
    reading: dict[bytes, list[bytes | str | int]] = {
        b"string": ["GET", name],
        b"list": ["LRANGE", name, 0, -1],
        b"set": ["SMEMBERS", name],
        b"hash": ["HGETALL", name],
        b"zset": ["ZRANGE", name, 0, -1],
        b"stream": ["XRANGE", name, "-", "+"],
    }
    command = reading.get(redis.execute_command("TYPE", name))
    return redis.execute_command(*command) if command else b""  # the key has expired


def _parts(value: object) -> Iterator[bytes]:
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
        return Result(where, "unknown, or on another machine", otherwise=NOT_CHECKED)
    files = [file for file in _of(folder) if file.is_file()]
    try:
        hits = [
            f"{', '.join(sorted(forms))} in {file}"
            for file in files
            if (forms := forms_in_file(file, canary))
        ]
    except OSError:
        return Result(where, f"{folder} cannot be read", otherwise=NOT_CHECKED)
    return Result(where, number(len(files), "file"), hits)


def _of(folder: Path) -> Iterator[Path]:
    """Yield the snapshots and append-only files that have default names."""
    for pattern in ("*.rdb", "*.aof", "appendonlydir/*"):
        yield from folder.glob(pattern)
