"""The page version, which must match between an open page and the HTML sent to it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ("templates/messaging", "static/js")


def _files() -> Iterator[Path]:
    for folder in SHARED:
        yield from sorted(
            file for file in (ROOT / folder).rglob("*") if file.suffix in {".html", ".js"}
        )


def _version() -> str:
    digest = hashlib.sha256()
    for file in _files():
        digest.update(f"{file.relative_to(ROOT).as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


# It is the same in all processes of a release, because it depends only on files.
PAGE_VERSION = _version()
