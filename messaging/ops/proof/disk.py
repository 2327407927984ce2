"""Where the canary is looked for on disk: what the server wrote, what it holds open, and every file
that is new.
"""

import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from messaging.ops.checks import machine
from messaging.ops.proof.canary import Canary
from messaging.ops.proof.report import UNSEEN, Result, number, size
from messaging.ops.proof.search import forms_in_file

HELD_AFTER = 5  # seconds in which a server must have read what it was sent
FORM = "percent-encoded"  # as the canary calls it
SYSTEM = {"/proc", "/sys", "/run"}


@dataclass(slots=True)
class FileScan:
    """Every file beneath some folders: how many there were, how many could not be read, which have
    changed.
    """

    since: float
    looked_at: int = 0
    unreadable: int = 0
    changed: list[Path] = field(default_factory=list)

    def through(self, root: Path) -> None:
        folders = [str(root)]
        while folders:
            folders += self._look_into(folders.pop())

    def _look_into(self, folder: str) -> list[str]:
        """Looks at what is in a folder, and gives back the folders in it."""
        try:
            with os.scandir(folder) as entries:
                return [
                    entry.path
                    for entry in entries
                    if self._is_folder(entry) and entry.path not in SYSTEM
                ]
        except OSError:
            self.unreadable += 1
            return []

    def _is_folder(self, entry: os.DirEntry[str]) -> bool:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            self.unreadable += 1
            return False
        if stat.S_ISREG(status.st_mode):
            self._look_at(Path(entry.path), status)
        return stat.S_ISDIR(status.st_mode)

    def _look_at(self, file: Path, status: os.stat_result) -> None:
        self.looked_at += 1
        # The time of the last change of either kind: the first can be set by anybody, the second
        # cannot.
        if max(status.st_mtime, status.st_ctime) >= self.since:
            self.changed.append(file)


def changed_files(roots: list[Path], since: float, canary: Canary) -> Result:
    """Every file beneath the roots that is new or changed since that time (seconds since 1970)."""
    walk = FileScan(since)
    for root in _outermost(roots):
        walk.through(root)
    hits = []
    for file in walk.changed:
        try:
            forms = forms_in_file(file, canary)
        except OSError:
            walk.unreadable += 1
            continue
        hits += [f"{', '.join(sorted(forms))} in {file}"] if forms else []
    looked_at = (
        f"{number(walk.looked_at, 'file')}, {(walk.changed and len(walk.changed)) or 0:,} "
        "of them changed"
    )
    unread = f", {walk.unreadable:,} unreadable" if walk.unreadable else ""
    return Result("New and changed files", looked_at + unread, hits)


def places(temp: Path) -> list[Path]:
    """Where a server may write, besides the folder for its temporary files."""
    usual = ["/tmp", "/var/tmp", "/var/log", machine.SHARED_MEMORY, tempfile.gettempdir()]  # noqa: S108 - to be searched
    return [
        path for path in (temp, settings.BASE_DIR, Path.home(), *map(Path, usual)) if path.is_dir()
    ]


def written_bytes(written: int | None, messages: int) -> Result:
    where = f"Written to disk during {number(messages, 'message')}"
    if written is None:
        return Result(where, "/proc/PID/io cannot be read here", otherwise=UNSEEN)
    return Result(where, "/proc/PID/io, write_bytes", [size(written)] if written else [])


def open_files(proc: Path, canary: Canary) -> Result:
    """Where a process that is being sent a large form keeps it: deleted files are among those that
    it holds open.

    One in memory is no more on a disk than its variables are.
    """
    where = "Open files while a large form arrives"
    if not (proc / "fd").is_dir():
        return Result(where, "/proc/PID/fd cannot be read here", otherwise=UNSEEN)
    held = _held(proc / "fd", canary)
    if not held:
        return Result(where, f"no file with it in {HELD_AFTER} seconds")
    on_disk = [
        f"{forms} in {name}" for name, forms in held if not machine.is_in_memory(str(name.parent))
    ]
    return Result(
        where, f"{number(len(held), 'file')} with it", on_disk, otherwise="in memory alone"
    )


def _held(folder: Path, canary: Canary) -> list[tuple[Path, str]]:
    """The names of the open files that hold the canary as a form writes it, and its encodings
    there, as soon as there is one. The database's own files, which may be open or not, are read
    elsewhere.
    """
    deadline = time.monotonic() + HELD_AFTER
    while True:
        found = [
            (name, forms)
            for file, name in _regular(folder)
            if FORM in (forms := _forms(file, canary))
        ]
        if found or time.monotonic() > deadline:
            return found
        time.sleep(0.02)


def _forms(file: Path, canary: Canary) -> str:
    with suppress(OSError):  # closed meanwhile
        return ", ".join(sorted(forms_in_file(file, canary)))
    return ""


def _regular(folder: Path) -> Iterator[tuple[Path, Path]]:
    """The way to each open file, and the name that it has or had."""
    for file in folder.iterdir():
        with suppress(OSError):  # closed meanwhile
            if stat.S_ISREG(file.stat().st_mode):
                yield file, file.readlink()


def _outermost(roots: list[Path]) -> list[Path]:
    resolved = {root.resolve() for root in roots}
    return [
        root for root in sorted(resolved) if not any(other in root.parents for other in resolved)
    ]
